import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What the way to DynamoDB does to one request. */
export type HttpFault = 'internal error' | 'throttled' | 'cut before' | 'cut after' | 'silent before' | 'silent after'

/** Stands between the SDK and the engine; requests meet the faults in turn, then pass. */
export async function startFaultyProxy(target: string) {
  const waiting: HttpFault[] = []
  const seen: string[] = []
  const server = createServer(async (request, response) => {
    const body = await read(request)
    seen.push(String(request.headers['x-amz-target']).split('.')[1] ?? '')
    const fault = waiting.shift()
    await ways[fault ?? 'none'](response, () => forward(target, request, body))
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** Operations asked for, in order. */
    seen,
    next: (...faults: HttpFault[]) => waiting.push(...faults),
    stop: () => {
      server.closeAllConnections()
      return new Promise(resolve => server.close(resolve))
    },
  }
}

type Answer = { status: number; body: string }

const ways: Record<HttpFault | 'none', (response: ServerResponse, send: () => Promise<Answer>) => Promise<void>> = {
  none: async (response, send) => answer(response, await send()),
  'internal error': async response => answer(response, error(500, 'InternalServerError')),
  throttled: async response => answer(response, error(400, 'ThrottlingException')),
  'cut before': async response => {
    response.socket?.destroy()
  },
  'cut after': async (response, send) => {
    await send()
    response.socket?.destroy()
  },
  'silent before': async () => undefined,
  'silent after': async (_response, send) => void (await send()),
}

function answer(response: ServerResponse, { status, body }: Answer): void {
  response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' }).end(body)
}

function error(status: number, type: string): Answer {
  return { status, body: JSON.stringify({ __type: `com.amazonaws.dynamodb.v20120810#${type}`, message: 'injected' }) }
}

async function forward(target: string, request: IncomingMessage, body: string): Promise<Answer> {
  const names = ['content-type', 'x-amz-target', 'authorization', 'x-amz-date']
  const headers = Object.fromEntries(names.map(name => [name, String(request.headers[name] ?? '')]))
  const response = await fetch(target, { method: 'POST', headers, body })
  return { status: response.status, body: await response.text() }
}

async function read(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}
