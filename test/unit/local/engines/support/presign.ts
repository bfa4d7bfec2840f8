import { createHash, createHmac } from 'node:crypto'

/** A presigned URL as any client makes it, by AWS's description of Signature Version 4. */
export function presign(
  method: string,
  address: string,
  options: { expiresInS?: number; secret?: string; at?: Date; query?: Record<string, string> } = {},
): string {
  const { expiresInS = 60, secret = 'local', at = new Date(), query = {} } = options
  const url = new URL(address)
  const date = at.toISOString().replace(/[-:]|\.\d+/g, '')
  const scope = [date.slice(0, 8), 'eu-central-1', 's3', 'aws4_request']
  const parameters = {
    'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
    'X-Amz-Credential': `local/${scope.join('/')}`,
    'X-Amz-Date': date,
    'X-Amz-Expires': String(expiresInS),
    'X-Amz-SignedHeaders': 'host',
    ...query,
  }
  const canonicalQuery = Object.entries(parameters)
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
    .sort()
    .join('&')
  const canonical = [method, url.pathname, canonicalQuery, `host:${url.host}`, '', 'host', 'UNSIGNED-PAYLOAD'].join(
    '\n',
  )
  const hash = createHash('sha256').update(canonical).digest('hex')
  const hmac = (key: string | Buffer, data: string) => createHmac('sha256', key).update(data).digest()
  const key = scope.reduce<string | Buffer>(hmac, `AWS4${secret}`)
  const signature = hmac(key, ['AWS4-HMAC-SHA256', date, scope.join('/'), hash].join('\n')).toString('hex')
  return `${address}?${canonicalQuery}&X-Amz-Signature=${signature}`
}
