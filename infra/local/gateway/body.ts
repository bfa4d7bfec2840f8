import type { IncomingMessage } from 'node:http'

/** 10 MB: API Gateway's ceiling for a request body. */
const maxBodyBytes = 10 * 1024 * 1024

/** Whether the request says by itself that its body passes the ceiling. */
export function declaresTooMuch(request: IncomingMessage): boolean {
  return Number(request.headers['content-length'] ?? 0) > maxBodyBytes
}

/** Reads a request's body; 'too large' as soon as it passes the ceiling, the rest being thrown away. */
export function readBody(request: IncomingMessage): Promise<Buffer | 'too large'> | undefined {
  const hasBody = request.headers['content-length'] !== undefined || request.headers['transfer-encoding'] !== undefined
  return hasBody ? collect(request) : undefined
}

function collect(request: IncomingMessage): Promise<Buffer | 'too large'> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let bytes = 0
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length
      if (bytes <= maxBodyBytes) chunks.push(chunk)
      if (bytes > maxBodyBytes) resolve('too large')
    })
    request.on('end', () => resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)))
    request.on('error', reject)
  })
}
