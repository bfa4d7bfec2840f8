import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { parentPort } from 'node:worker_threads'

// A server in a thread of its own that reads what it is sent and answers nothing: what any call of a service costs at least.

const server = createServer((request, response) => {
  request.resume().on('end', () => response.writeHead(200, { 'content-length': 2 }).end('{}'))
})
server.keepAliveTimeout = 70_000
server.listen(0, '127.0.0.1', () => {
  parentPort?.postMessage(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
})
