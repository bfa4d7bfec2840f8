import { say } from './screen.ts'

/** Somebody signed in. */
export type Caller = { name: string; userId: string; token: string }

/** A request as the demo writes it. */
export type Call = {
  as: Caller
  method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE'
  path: string
  headers?: Record<string, string>
  body?: unknown
}

/** What came back; `json` is empty for an answer without a body. */
export type Reply = { status: number; headers: Headers; json: JsonBody; ms: number }

/** A JSON body whose members are read by name. */
// biome-ignore lint/suspicious/noExplicitAny: a client without generated types reads JSON as it comes.
export type JsonBody = any

/** An HTTP client of the API that insists on the status it expects. */
export type Api = {
  /** Sends a request silently. */
  send(call: Call, status: number): Promise<Reply>
  /** Sends a request and prints it with the gist of its answer. */
  show(call: Call, status: number, gist: (reply: Reply) => string): Promise<Reply>
  /** Reads an answer that is not JSON. */
  text(call: Call, status: number): Promise<string>
}

/** Makes a client of the API at this URL. */
export function createApi(url: string): Api {
  const send = async (call: Call, status: number): Promise<Reply> => {
    const reply = await request(url, call)
    if (reply.status === status) return reply
    const got = `${reply.status} ${JSON.stringify(reply.json)?.slice(0, 1000)}`
    throw new Error(`${call.method} ${call.path} as ${call.as.name}: expected ${status}, got ${got}`)
  }
  return {
    send,
    show: async (call, status, gist) => {
      const reply = await send(call, status)
      say(`${call.as.name}: ${call.method} ${shortIds(decodeURI(call.path))}${shownHeaders(call)}${shownBody(call)}`)
      say(`  ${reply.status} ${shortIds(gist(reply))}`)
      return reply
    },
    text: async (call, status) => {
      const response = await ask(url, call)
      check(response.status === status, `${call.method} ${call.path} answers ${status} (it says ${response.status})`)
      return response.text()
    },
  }
}

/** The code and the explanation of a refusal. */
export function problem({ json }: Reply): string {
  return `${json.code}: ${json.detail}`
}

/** Fails the demo when what it is about to claim is not so. */
export function check(isSo: boolean, claim: string): void {
  if (!isSo) throw new Error(`Not so: ${claim}`)
}

/** Ids are 31 characters long: their kind and end tell them apart well enough on a screen. */
function shortIds(text: string): string {
  return text.replace(/\b([a-z]{2,8})_[0-9a-z]{20}([0-9a-z]{6})\b/g, '$1_…$2')
}

async function request(url: string, call: Call): Promise<Reply> {
  const started = performance.now()
  const response = await ask(url, call)
  const text = await response.text()
  const json = text === '' ? {} : JSON.parse(text)
  return { status: response.status, headers: response.headers, json, ms: performance.now() - started }
}

function ask(url: string, { as, method, path, headers, body }: Call): Promise<Response> {
  return fetch(url + path, {
    method,
    redirect: 'manual',
    headers: {
      authorization: `Bearer ${as.token}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
}

function shownHeaders({ headers = {} }: Call): string {
  return Object.entries(headers)
    .map(([name, value]) => `  ${name}: ${shortIds(value)}`)
    .join('')
}

function shownBody({ body }: Call): string {
  if (body === undefined) return ''
  const text = shortIds(JSON.stringify(body))
  return `  ${text.length > 160 ? `${text.slice(0, 160)}…` : text}`
}
