import { createHash, createHmac } from 'node:crypto'

/** Who signs. */
export type Credentials = { accessKeyId: string; secretAccessKey: string; sessionToken?: string | undefined }

/** A POST of JSON to the root of a service. */
export type JsonPost = {
  service: string
  region: string
  host: string
  target: string
  contentType: string
  body: string
}

/**
 * The headers of a JSON call of an AWS service, signed (Signature Version 4).
 * Source: docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function signPost(post: JsonPost, credentials: Credentials, now: Date): Record<string, string> {
  const amzDate = now.toISOString().replace(/[-:]|\.\d{3}/g, '')
  const headers: Record<string, string> = {
    'content-type': post.contentType,
    host: post.host,
    'x-amz-date': amzDate,
    ...(credentials.sessionToken && { 'x-amz-security-token': credentials.sessionToken }),
    'x-amz-target': post.target,
  }
  // In the order of their names, as the signature wants them.
  const names = Object.keys(headers)
  const lines = names.map(name => `${name}:${headers[name]}\n`).join('')
  const signed = names.join(';')
  const canonical = `POST\n/\n\n${lines}\n${signed}\n${sha256(post.body)}`
  const day = amzDate.slice(0, 8)
  const scope = `${day}/${post.region}/${post.service}/aws4_request`
  const key = signingKey(credentials.secretAccessKey, { day, region: post.region, service: post.service })
  const signature = createHmac('sha256', key).update(`AWS4-HMAC-SHA256\n${amzDate}\n${scope}\n${sha256(canonical)}`)
  headers['authorization'] =
    `AWS4-HMAC-SHA256 Credential=${credentials.accessKeyId}/${scope}, SignedHeaders=${signed}, Signature=${signature.digest('hex')}`
  return headers
}

type Scope = { day: string; region: string; service: string }

const keys = new Map<string, Buffer>()

/** The key of a day, region and service: made once a day. */
function signingKey(secret: string, { day, region, service }: Scope): Buffer {
  const name = `${day}/${region}/${service}/${secret}`
  const known = keys.get(name)
  if (known) return known
  keys.clear()
  const key = [day, region, service, 'aws4_request'].reduce<string | Buffer>(
    (parent, part) => createHmac('sha256', parent).update(part).digest(),
    `AWS4${secret}`,
  )
  const made = Buffer.from(key)
  keys.set(name, made)
  return made
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
