import { randomUUID } from 'node:crypto'
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'
import { buffer } from 'node:stream/consumers'
import type * as z from 'zod'
import { AwsError, deniedMessage } from './aws-error.ts'
import type { Engine, EngineSettings } from './engine.ts'
import { listen } from './http-server.ts'
import { sha256Hex, verifySignature } from './sigv4.ts'

/** One call of an operation. */
export type Call = {
  /** Throws the service's AccessDenied unless the caller may do the action on the resource. */
  demand(action: string, resource: string): void
  /** Aborted when the caller hangs up. */
  signal: AbortSignal
}

/** An operation of a JSON RPC service, ready to be called with an unchecked body. */
export type Operation = { isPublic: boolean; run(body: unknown, call: Call): unknown }

/** What a caller needs to be allowed. */
export type Permission = { action: string; resource: string }

/** A plain HTTP request beside the JSON RPC calls. */
export type PageRequest = { method: string; path: string; headers: IncomingHttpHeaders; body: string }

/** The answer to a plain HTTP request. */
export type PageReply = { status: number; body: unknown; headers?: Record<string, string> }

/** The service that a JSON server speaks for. */
type JsonService = {
  /** First part of X-Amz-Target. */
  target: string
  version: '1.0' | '1.1'
  operations: Record<string, Operation>
  /** Error code for an input of the wrong shape. */
  invalidInput: string
  /** 400 for most services; SQS answers 403. */
  deniedStatus?: number
  errorHeaders?: (error: AwsError) => Record<string, string>
  /** Answers requests that are no JSON RPC call; undefined is a 404. */
  page?: (request: PageRequest) => PageReply | undefined
}

/** An operation that checks its input's shape, then what its caller may do, then runs. */
export function operation<Input>(definition: {
  input: z.ZodType<Input>
  needs: (input: Input) => Permission[]
  run: (input: Input, call: Call) => unknown
}): Operation {
  return {
    isPublic: false,
    run: (body, call) => {
      const input = definition.input.parse(body)
      for (const { action, resource } of definition.needs(input)) call.demand(action, resource)
      return definition.run(input, call)
    },
  }
}

/** An operation that answers unsigned calls, as signing in must. */
export function publicOperation<Input>(input: z.ZodType<Input>, run: (input: Input) => unknown): Operation {
  return { isPublic: true, run: body => run(input.parse(body)) }
}

/** Serves a service that speaks AWS JSON 1.0 or 1.1. */
export function startJsonServer(service: JsonService, settings: EngineSettings): Promise<Engine> {
  return listen(async (request, response) => {
    const body = await buffer(request)
    const page = request.headers['x-amz-target'] === undefined ? service.page : undefined
    try {
      if (page !== undefined) return sendPage(response, page(pageRequest(request, body)))
      const output = await runCall({ service, settings, request, body, signal: hangUpSignal(response) })
      send(response, 200, { 'content-type': `application/x-amz-json-${service.version}` }, output ?? {})
    } catch (error) {
      sendError(response, service, toAwsError(error, service))
    }
  }, settings.port)
}

async function runCall(incoming: {
  service: JsonService
  settings: EngineSettings
  request: IncomingMessage
  body: Buffer
  signal: AbortSignal
}): Promise<unknown> {
  const { service, settings, request, body, signal } = incoming
  const [target, name] = String(request.headers['x-amz-target']).split('.')
  const isKnown = target === service.target && name !== undefined && Object.hasOwn(service.operations, name)
  const operation = isKnown ? service.operations[name] : undefined
  if (operation === undefined) throw new AwsError('UnknownOperationException', `The operation ${name} is not supported`)
  const principal = operation.isPublic ? 'anonymous' : callerOf(request, body, settings)
  const demand = (action: string, resource: string) => {
    if (settings.authorize(principal, action, resource)) return
    const status = service.deniedStatus ?? 400
    throw new AwsError('AccessDeniedException', deniedMessage(principal, action, resource), { status })
  }
  return operation.run(parseJson(body), { demand, signal })
}

/** The access key id that a request is signed with; throws for a signature that is missing or wrong. */
export function callerOf(request: IncomingMessage, body: Buffer, settings: EngineSettings): string {
  const [path = '/', query] = (request.url ?? '/').split('?')
  const verdict = verifySignature(
    {
      method: request.method ?? 'POST',
      // All services but S3 sign what was sent encoded once more.
      path: path.split('/').map(encodeURIComponent).join('/'),
      query: new URLSearchParams(query),
      headers: request.headers,
      payloadHash: sha256Hex(body),
    },
    settings.secret,
    settings.now(),
  )
  if ('accessKeyId' in verdict) return verdict.accessKeyId
  if (verdict.problem === 'missing') {
    throw new AwsError('MissingAuthenticationTokenException', 'Missing Authentication Token', { status: 403 })
  }
  const message = `The request signature we calculated does not match the signature you provided (${verdict.problem})`
  throw new AwsError('InvalidSignatureException', message, { status: 403 })
}

function parseJson(body: Buffer): unknown {
  if (body.length === 0) return {}
  try {
    return JSON.parse(body.toString())
  } catch (cause) {
    throw new AwsError('SerializationException', `The body is not JSON: ${cause}`)
  }
}

function toAwsError(error: unknown, service: JsonService): AwsError {
  if (error instanceof AwsError) return error
  if (isShapeError(error)) {
    const [issue] = error.issues
    return new AwsError(service.invalidInput, `${issue?.path.join('.')}: ${issue?.message}`)
  }
  console.error(error)
  return new AwsError('InternalFailure', String(error), { status: 500 })
}

function isShapeError(error: unknown): error is z.ZodError {
  return error instanceof Error && error.name === 'ZodError'
}

function sendError(response: ServerResponse, service: JsonService, error: AwsError): void {
  const headers = {
    'content-type': `application/x-amz-json-${service.version}`,
    ...error.headers,
    ...service.errorHeaders?.(error),
  }
  send(response, error.status, headers, { __type: error.code, message: error.message })
}

function pageRequest(request: IncomingMessage, body: Buffer): PageRequest {
  const [path = '/'] = (request.url ?? '/').split('?')
  return { method: request.method ?? 'GET', path, headers: request.headers, body: body.toString() }
}

function sendPage(response: ServerResponse, reply: PageReply | undefined): void {
  const { status, headers, body } = reply ?? { status: 404, body: { message: 'Not Found' } }
  send(response, status, { 'content-type': 'application/json', ...headers }, body)
}

function send(response: ServerResponse, status: number, headers: Record<string, string>, output: unknown): void {
  const body = JSON.stringify(output)
  response.writeHead(status, {
    'x-amzn-requestid': randomUUID(),
    'content-length': Buffer.byteLength(body),
    ...headers,
  })
  response.end(body)
}

function hangUpSignal(response: ServerResponse): AbortSignal {
  const controller = new AbortController()
  response.once('close', () => controller.abort())
  return controller.signal
}
