import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, inject } from 'vitest'
import { type LocalStack, startStack } from '#infra/local/stack.ts'
import { type EventTap, openTap } from './event-tap.ts'
import { scratchRoot } from './scratch.ts'

/** Whom a request is made as: a seeded user by the part before the @, the program `erp`, or nobody. */
export type Caller = 'admin' | 'manager' | 'rep' | 'rep2' | 'service' | 'auditor' | 'erp' | 'nobody'

/** An HTTP request to the API. */
export type Request = {
  as?: Caller | undefined
  method: string
  path: string
  headers?: Record<string, string> | undefined
  /** Sent as JSON; a text or bytes are sent as they are. */
  body?: unknown
}

/** What came back. */
export type Reply = {
  status: number
  headers: Record<string, string>
  text: string
  // biome-ignore lint/suspicious/noExplicitAny: tests read JSON as it comes and assert what it is.
  json: any
}

/** A running CRM as its clients see it. */
export type Crm = {
  stack(): LocalStack
  tap(): EventTap
  send(request: Request): Promise<Reply>
  /** Creates a record and returns it; fails the test when that is refused. */
  create(as: Caller, plural: string, body: object): Promise<Record<string, string>>
}

/** Runs the whole stack for one test file, on free ports and a folder of its own. */
export function useCrm(): Crm {
  const dataDir = mkdtempSync(join(scratchRoot, 'evergreen-data-'))
  const running: { stack?: LocalStack; tap?: EventTap } = {}
  const tokens = new Map<Caller, Promise<string>>()

  beforeAll(async () => {
    running.stack = await startStack({ assembly: inject('assembly'), tenant: 'local', dataDir, port: 0 })
    running.tap = openTap(running.stack)
  })
  afterAll(async () => {
    running.tap?.close()
    await running.stack?.stop()
    rmSync(dataDir, { recursive: true, force: true })
  })

  const stack = () => started(running.stack)
  const tokenOf = (caller: Caller): Promise<string> => {
    const known = tokens.get(caller)
    if (known) return known
    const token = stack().tokenFor(caller === 'erp' ? 'erp' : `${caller}@example.com`)
    tokens.set(caller, token)
    return token
  }
  const send = async (request: Request): Promise<Reply> => {
    const { as = 'nobody' } = request
    const authorization = as === 'nobody' ? {} : { authorization: `Bearer ${await tokenOf(as)}` }
    return sendTo(stack().url, { ...request, headers: { ...authorization, ...request.headers } })
  }
  return {
    stack,
    tap: () => started(running.tap),
    send,
    create: async (as, plural, body) => {
      const reply = await send({ as, method: 'POST', path: `/v1/${plural}`, body })
      if (reply.status !== 201) throw new Error(`${as} could not create in ${plural}: ${reply.text}`)
      return reply.json
    },
  }
}

/** Sends one request and reads the whole answer. */
async function sendTo(url: string, { method, path, headers = {}, body }: Request): Promise<Reply> {
  const isRaw = typeof body === 'string' || body instanceof Uint8Array
  const type = body === undefined ? {} : { 'content-type': 'application/json' }
  const answer = await fetch(url + path, {
    method,
    redirect: 'manual',
    headers: { ...type, ...headers },
    ...(body !== undefined && { body: isRaw ? body : JSON.stringify(body) }),
  })
  const text = await answer.text()
  const isJson = /json/.test(answer.headers.get('content-type') ?? '')
  return {
    status: answer.status,
    headers: Object.fromEntries(answer.headers),
    text,
    json: isJson && text !== '' ? JSON.parse(text) : undefined,
  }
}

function started<T>(part: T | undefined): T {
  if (part === undefined) throw new Error('The stack is started by beforeAll: use it inside a test.')
  return part
}
