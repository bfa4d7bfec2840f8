import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Engine } from './engine.ts'

/** 70 s: longer than any SDK agent keeps an idle socket, so that the server never closes one that is about to be used. */
const keepAliveTimeoutMs = 70_000

/** How long requests in flight may take to end after `stop`. */
const graceMs = 2_000

/** Serves `handle` on 127.0.0.1; `stop` lets the requests in flight end before the port is free. */
export async function listen(
  handle: (request: IncomingMessage, response: ServerResponse) => Promise<void>,
  port: number,
): Promise<Engine> {
  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      console.error(error)
      response.destroy()
    })
  })
  server.keepAliveTimeout = keepAliveTimeoutMs
  const boundPort = await bind(server, port)
  return { url: `http://127.0.0.1:${boundPort}`, stop: () => close(server, graceMs) }
}

/** Makes a server listen on 127.0.0.1; 0 takes any free port. Rejects with EADDRINUSE for a taken one. */
export function bind(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => {
      const address = server.address()
      resolve(typeof address === 'object' && address !== null ? address.port : port)
    })
  })
}

/** Ends a server once the requests in flight have ended, or after `graceMs`. */
export async function close(server: Server, graceMs: number): Promise<void> {
  const closed = new Promise<void>(resolve => {
    server.close(() => resolve())
  })
  const sweep = setInterval(() => server.closeIdleConnections(), 10)
  const force = setTimeout(() => server.closeAllConnections(), graceMs)
  await closed
  clearInterval(sweep)
  clearTimeout(force)
}
