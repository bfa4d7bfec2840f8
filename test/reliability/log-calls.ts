import { request } from 'node:http'
import type { Random } from '../bench/random.ts'

/** What a running stack says of itself. */
export type Running = { url: string; s3: string; token: string; rep: string }

/** A call and what came of it; no id: the connection broke, and nobody knows whether it was done. */
export type Answered = { requestId: string; status: number }

type Shape = { method: string; path: string; token?: string; body?: object; contentLength?: number }

/** One of a mix of calls: reads, lists, searches, writes, exports, and refusals of every kind. */
export function drawCall(random: Random, running: Running, ids: readonly string[]): Shape {
  const { token, rep } = running
  const id = ids.length > 0 ? random.pick(ids) : 'cust_01m8fdtj6ffj6thwmep11hxf26'
  const at = random.next()
  if (at < 0.4) return { method: 'GET', path: `/v1/customers/${id}`, token }
  if (at < 0.5) return { method: 'GET', path: '/v1/customers?limit=5', token }
  if (at < 0.55) return { method: 'GET', path: `/v1/search?q=firma${random.below(100)}`, token }
  if (at < 0.65)
    return {
      method: 'POST',
      path: '/v1/customers?allowDuplicates=true',
      token,
      body: { name: `Firma ${random.below(1e9)}` },
    }
  if (at < 0.75)
    return { method: 'PATCH', path: `/v1/customers/${id}`, token, body: { tier: random.pick(['A', 'B', 'C']) } }
  if (at < 0.8) return { method: 'GET', path: `/v1/customers/${id}`, token: rep }
  if (at < 0.84) return { method: 'GET', path: '/v1/customers' }
  if (at < 0.87) return { method: 'GET', path: '/nowhere', token }
  if (at < 0.9) return { method: 'DELETE', path: '/v1/me', token }
  if (at < 0.92) return { method: 'POST', path: '/v1/customers', token, contentLength: 11_000_000 }
  if (at < 0.93)
    return {
      method: 'POST',
      path: '/v1/exports',
      token,
      body: { object: 'customers', format: 'csv', filter: 'record.name == "x"' },
    }
  if (at < 0.95) return { method: 'GET', path: '/health' }
  return { method: 'GET', path: `/v1/customers/${id}/history`, token }
}

/** Sends a call and reads its whole answer; undefined when the connection broke before that. */
export function send(
  url: string,
  { method, path, token, body, contentLength }: Shape,
): Promise<(Answered & { json: string }) | undefined> {
  const text = body === undefined ? undefined : JSON.stringify(body)
  const length = contentLength ?? (text === undefined ? undefined : Buffer.byteLength(text))
  const headers = {
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
    ...(length !== undefined && { 'content-type': 'application/json', 'content-length': length }),
  }
  return new Promise(resolve => {
    const call = request(url + path, { method, headers, agent: false }, answer => {
      let json = ''
      answer.setEncoding('utf8').on('data', piece => {
        json += piece
      })
      answer.on('error', () => resolve(undefined))
      answer.on('close', () => {
        if (!answer.complete) return resolve(undefined)
        resolve({ requestId: String(answer.headers['x-request-id']), status: answer.statusCode ?? 0, json })
        // A body that was announced and never sent would hold the connection.
        if (contentLength !== undefined) call.destroy()
      })
      if (contentLength !== undefined) answer.on('end', () => call.destroy())
    })
    call.on('error', () => resolve(undefined))
    if (contentLength !== undefined) call.flushHeaders()
    else call.end(text)
  })
}
