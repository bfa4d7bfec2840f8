import { type ClientRequest, Agent as HttpAgent, type IncomingMessage, request as overHttp } from 'node:http'
import { Agent as HttpsAgent, request as overHttps } from 'node:https'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Credentials, signPost } from '#lib/runtime/sign-request.ts'

/** An AWS service that speaks JSON over POST, and how it is reached. */
export type AwsService = {
  /** As signatures name it. */
  service: 'events' | 'sqs'
  /** First part of `X-Amz-Target`. */
  target: string
  version: '1.0' | '1.1'
  region: string
  endpoint: URL
  credentials: Credentials
}

/** Calls one service over connections that stay open. */
export type AwsLine = (operation: string, input: object) => Promise<unknown>

/** 1 s for an answer: a request waits for it. */
const answerMs = 1_000
/** Three tries with pauses of 30 and 60 ms: enough for a throttled call or a connection that the other side has closed. */
const tries = 3
const firstPauseMs = 30

/**
 * Opens a line to a service: what the SDK does for these two calls, in a tenth of its processor time and code, since
 * every request of the API makes one (docs/decisions/0024). Throttling, failures and lost connections are tried again.
 * @throws Error with `name` as the service gave it, `code` of the connection, or `$metadata.httpStatusCode`: see `isOutage`.
 */
export function openAwsLine(service: AwsService): AwsLine {
  const isPlain = service.endpoint.protocol === 'http:'
  const agent = isPlain ? new HttpAgent({ keepAlive: true }) : new HttpsAgent({ keepAlive: true })
  const send = isPlain ? overHttp : overHttps
  return async (operation, input) => {
    const body = JSON.stringify(input)
    for (let attempt = 1; ; attempt++) {
      const headers = headersOf(service, operation, body)
      const answer = await exchange(body, done =>
        send(service.endpoint, { method: 'POST', agent, headers }, done),
      ).catch(asError)
      if (!(answer instanceof Error)) return answer
      if (attempt === tries || !isWorthAnother(answer)) throw answer
      await sleep(firstPauseMs * attempt)
    }
  }
}

/** Where a service answers on AWS. */
export function awsEndpoint(service: AwsService['service'], region: string): string {
  return `https://${service}.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`
}

function headersOf(
  { service, target, version, region, endpoint, credentials }: AwsService,
  operation: string,
  body: string,
) {
  const post = { service, region, host: endpoint.host, target: `${target}.${operation}`, body }
  const contentType = `application/x-amz-json-${version}`
  return { ...signPost({ ...post, contentType }, credentials, new Date()), 'content-length': Buffer.byteLength(body) }
}

function exchange(body: string, open: (done: (answer: IncomingMessage) => void) => ClientRequest): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const call = open(answer => {
      let text = ''
      answer.setEncoding('utf8')
      answer.on('data', chunk => {
        text += chunk
      })
      answer.on('error', reject)
      answer.on('end', () => {
        if (answer.statusCode === 200) return resolve(parsed(text))
        reject(refusal(answer.statusCode ?? 0, text))
      })
    })
    call.setTimeout(answerMs, () => call.destroy(Object.assign(new Error('No answer in time'), { code: 'ETIMEDOUT' })))
    call.on('error', reject)
    call.end(body)
  })
}

/** As the SDK's errors look, so that `isOutage` knows them. */
function refusal(status: number, text: string): Error {
  const told = parsed(text)
  const type = typeof told === 'object' && told !== null && '__type' in told ? String(told.__type) : 'UnknownError'
  const name = type.replace(/^.*#/, '')
  return Object.assign(new Error(`${name} (${status}): ${text.slice(0, 300)}`), {
    name,
    $metadata: { httpStatusCode: status },
  })
}

function isWorthAnother(error: Error): boolean {
  const status = '$metadata' in error ? Number(/\((\d{3})\)/.exec(error.message)?.[1]) : 0
  return status === 0 || status >= 500 || status === 429 || /Throttl|TooManyRequests/.test(error.name)
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error))
}
