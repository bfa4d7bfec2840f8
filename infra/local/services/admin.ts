import { randomBytes, timingSafeEqual } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { json } from 'node:stream/consumers'
import { type Context, needs, type Service } from '../context.ts'

/** The stack's own small server: tokens for `npm run token`, and the URLs that custom resources answer to. */
export type Admin = {
  url: string
  /** What a caller of `/token` must present; only who may read the data folder knows it. */
  secret: string
  /** A one-time URL, and the JSON that is put there. */
  awaitPut(): { url: string; body: Promise<unknown>; cancel(reason: Error): void }
}

type Waiting = Map<string, (body: unknown) => void>

/** Serves the admin endpoints on a free port of 127.0.0.1. */
export const admin: Service = {
  name: 'admin',
  start: async context => {
    const waiting: Waiting = new Map()
    const secret = randomBytes(24).toString('base64url')
    const server = createServer((request, response) => {
      answer(context, { request, response, waiting, secret }).catch(error => reply(response, 500, String(error)))
    })
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    const url = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`
    context.started.admin = { url, secret, awaitPut: () => awaitPut(url, waiting) }
    return async () => {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    }
  },
}

type Exchange = { request: IncomingMessage; response: ServerResponse; waiting: Waiting; secret: string }

async function answer(context: Context, { request, response, waiting, secret }: Exchange): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://127.0.0.1')
  const settle = waiting.get(url.pathname)
  if (request.method === 'PUT' && settle) {
    settle(await json(request))
    return reply(response, 200, '')
  }
  const isOurs = url.pathname === '/token' || (url.pathname === '/clock' && request.method === 'POST')
  if (!isOurs) return reply(response, 501, `No local engine serves this call: ${request.url}`)
  if (!isSame(request.headers.authorization ?? '', `Bearer ${secret}`)) return reply(response, 403, 'Forbidden')
  if (url.pathname === '/clock') return runAhead(context, response, url.searchParams.get('aheadMs'))
  try {
    reply(response, 200, await needs(context, 'cognito').tokenFor(url.searchParams.get('email') ?? ''))
  } catch (error) {
    reply(response, 404, error instanceof Error ? error.message : String(error))
  }
}

/** Lets every one-time schedule of the coming milliseconds run now. */
async function runAhead(context: Context, response: ServerResponse, ms: string | null): Promise<void> {
  if (!/^\d{1,15}$/.test(ms ?? '')) return reply(response, 400, 'aheadMs must be whole milliseconds')
  await needs(context, 'scheduler').runAhead(Number(ms))
  reply(response, 200, '')
}

function awaitPut(baseUrl: string, waiting: Waiting): ReturnType<Admin['awaitPut']> {
  const path = `/custom-resources/${randomBytes(12).toString('hex')}`
  const { promise, resolve, reject } = Promise.withResolvers<unknown>()
  const finish = () => void waiting.delete(path)
  waiting.set(path, body => {
    finish()
    resolve(body)
  })
  return {
    url: baseUrl + path,
    body: promise,
    cancel: reason => {
      finish()
      reject(reason)
    },
  }
}

function reply(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'text/plain', 'content-length': Buffer.byteLength(text) }).end(text)
}

function isSame(given: string, expected: string): boolean {
  return given.length === expected.length && timingSafeEqual(Buffer.from(given), Buffer.from(expected))
}
