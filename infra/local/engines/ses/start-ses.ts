import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { buffer } from 'node:stream/consumers'
import * as z from 'zod'
import { AwsError, deniedMessage } from '../aws-error.ts'
import { type Engine, type EngineOptions, engineSettings } from '../engine.ts'
import { listen } from '../http-server.ts'
import { callerOf } from '../json-server.ts'
import { openOutbox, type SentMail } from './outbox.ts'
import { type MailSetup, sendEmail } from './send-email.ts'

/** A running SES that sends nothing: what it is given can be read in `dir`. */
export type Ses = Engine & { outbox(): SentMail[] }

/** Starts SES (API version 2) with the identities and configuration sets of a template. */
export async function startSes(options: EngineOptions & { setup: MailSetup }): Promise<Ses> {
  const settings = engineSettings(options)
  const outbox = openOutbox(settings.dir)
  const parts = { outbox, setup: options.setup, settings }
  const answer = (request: IncomingMessage, body: Buffer) => {
    if (request.method !== 'POST' || request.url !== '/v2/email/outbound-emails') {
      throw new AwsError('UnknownOperationException', `${request.method} ${request.url} is not supported here`, {
        status: 404,
      })
    }
    const principal = callerOf(request, body, settings)
    return sendEmail(parts, JSON.parse(body.toString()), (action, resource) => {
      if (settings.authorize(principal, action, resource)) return
      throw new AwsError('AccessDeniedException', deniedMessage(principal, action, resource), { status: 403 })
    })
  }
  const engine = await listen(async (request, response) => {
    try {
      reply(response, 200, answer(request, await buffer(request)))
    } catch (error) {
      const { code, status, message } = toAwsError(error)
      reply(response, status, { message }, { 'x-amzn-errortype': code })
    }
  }, settings.port)
  return { ...engine, outbox: outbox.list }
}

function toAwsError(error: unknown): AwsError {
  if (error instanceof AwsError) return error
  if (error instanceof SyntaxError) return new AwsError('SerializationException', `The body is not JSON: ${error}`)
  if (error instanceof z.ZodError) {
    const [issue] = error.issues
    return new AwsError('BadRequestException', `${issue?.path.join('.')}: ${issue?.message}`)
  }
  console.error(error)
  return new AwsError('InternalFailure', String(error), { status: 500 })
}

function reply(response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}): void {
  const text = JSON.stringify(body)
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
    'x-amzn-requestid': randomUUID(),
    ...headers,
  })
  response.end(text)
}
