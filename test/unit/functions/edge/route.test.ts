import { describe, expect, it, vi } from 'vitest'
import { ok } from '#functions/edge/answers.ts'
import { onPublic } from '#functions/edge/public-endpoint.ts'
import { serve } from '#functions/edge/route.ts'
import { CrmError, invalidAt } from '#lib/errors.ts'
import { WhoAmI } from '#schemas/api/me.ts'
import { CheckHealth } from '#schemas/api/open.ts'
import { httpEvent, lambdaContext } from '../../../support/http-event.ts'
import { keptAccesses } from '../../../support/kept-accesses.ts'

const answering = (answer: () => Promise<never> | ReturnType<typeof ok>) =>
  serve([onPublic(CheckHealth, async () => answer())], keptAccesses().open)

const throwing = (error: unknown) =>
  answering(() => {
    throw error
  })

const call = async (handler: ReturnType<typeof serve>, wishes = {}) => {
  const result = await handler(httpEvent(wishes), lambdaContext())
  return { ...result, json: JSON.parse(result.body ?? 'null') }
}

describe('serve', () => {
  it('answers with the headers that every answer has', async () => {
    const result = await call(answering(() => ok({ up: true }, { etag: '"1"' })))
    expect(result).toMatchObject({ statusCode: 200, json: { up: true }, isBase64Encoded: false })
    expect(result.headers).toEqual({
      'cache-control': 'no-store',
      'strict-transport-security': 'max-age=63072000; includeSubDomains',
      'x-content-type-options': 'nosniff',
      'content-type': 'application/json',
      etag: '"1"',
      'x-request-id': 'JKJaXmPLvHcESHA=',
    })
  })

  it('turns an error of ours into its problem', async () => {
    const result = await call(throwing(invalidAt('/name', 'required', 'name is required.')))
    expect(result.statusCode).toBe(400)
    expect(result.headers).toMatchObject({ 'content-type': 'application/problem+json' })
    expect(result.json).toEqual({
      type: 'https://evergreen.example/problems/validation_failed',
      title: 'The request breaks a rule',
      status: 400,
      code: 'validation_failed',
      detail: 'name is required.',
      traceId: 'JKJaXmPLvHcESHA=',
      errors: [{ pointer: '/name', code: 'required', detail: 'name is required.' }],
    })
  })

  it('adds members of the error, but lets none of them take the place of its own', async () => {
    const error = new CrmError('version_conflict', 'Changed.', {
      members: { currentVersion: 3, status: 200, code: 'ok' },
    })
    expect(await call(throwing(error))).toMatchObject({
      statusCode: 412,
      json: { currentVersion: 3, status: 412, code: 'version_conflict' },
    })
  })

  it('bounds what a hostile body can make it answer', async () => {
    const errors = Array.from({ length: 5_000 }, (_, i) => ({ pointer: `/${i}`, code: 'x', detail: 'y'.repeat(5_000) }))
    const { body = '', json } = await call(
      throwing(new CrmError('validation_failed', 'z'.repeat(1_000_000), { errors })),
    )
    expect(json.errors).toHaveLength(50)
    expect(body.length).toBeLessThan(60_000)
  })

  it.each([
    ['a throttled call', Object.assign(new Error('slow down'), { name: 'ThrottlingException' })],
    ['a service that fails', Object.assign(new Error('oops'), { $metadata: { httpStatusCode: 500 } })],
    ['a connection that breaks', Object.assign(new Error('reset'), { code: 'ECONNRESET' })],
    [
      'an outage as a cause',
      new Error('wrapped', { cause: Object.assign(new Error('late'), { name: 'TimeoutError' }) }),
    ],
  ])('answers 503 for %s', async (_, error) => {
    const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true)
    const result = await call(throwing(error))
    expect(result).toMatchObject({ statusCode: 503, json: { code: 'unavailable' } })
    expect(result.headers).toMatchObject({ 'retry-after': '2' })
    expect(result.body).not.toContain(error.message)
    expect(write).toHaveBeenCalledTimes(1)
    write.mockRestore()
  })

  it('answers 500 for what it did not foresee, without details, and logs it once with its stack', async () => {
    const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true)
    const result = await call(throwing(new TypeError('secret of table Records-XYZ')))
    expect(result).toMatchObject({ statusCode: 500, json: { code: 'internal' } })
    expect(result.body).not.toContain('secret')
    expect(write).toHaveBeenCalledTimes(1)
    expect(JSON.parse(String(write.mock.calls[0]?.[0]))).toMatchObject({
      level: 'error',
      requestId: 'JKJaXmPLvHcESHA=',
      error: { message: 'secret of table Records-XYZ', stack: expect.stringContaining('route.test.ts') },
    })
    write.mockRestore()
  })

  it('answers 503 in time when the handler does not', async () => {
    const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true)
    const never = serve([onPublic(CheckHealth, () => new Promise(() => undefined))], keptAccesses().open)
    const result = await never(httpEvent(), lambdaContext(520))
    expect(result).toMatchObject({ statusCode: 503, headers: { 'retry-after': '2' } })
    write.mockRestore()
  })

  it('answers 413 instead of more than Lambda can send', async () => {
    const result = await call(answering(() => ok({ text: 'x'.repeat(5_600_000) })))
    expect(result).toMatchObject({ statusCode: 413, json: { code: 'payload_too_large' } })
  })

  it('takes the trace id of a valid traceparent only', async () => {
    const traceId = async (traceparent: string) =>
      (await call(throwing(new CrmError('not_found', 'x')), { headers: { traceparent } })).json.traceId
    const id = '4bf92f3577b34da6a3ce929d0e0e4736'
    expect(await traceId(`00-${id}-00f067aa0ba902b7-01`)).toBe(id)
    expect(await traceId(`cc-${id}-00f067aa0ba902b7-01-future`)).toBe(id)
    for (const bad of [
      '',
      'x',
      `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`,
      `ff-${id}-00f067aa0ba902b7-01`,
      `00-${id}-00f067aa0ba902b7-01-more`,
    ])
      expect(await traceId(bad), bad).toBe('JKJaXmPLvHcESHA=')
  })

  it('says what a request cost only when asked', async () => {
    const handler = answering(() => ok({}))
    const asked = await call(handler, { headers: { Prefer: 'respond-async, server-timing' } })
    expect(asked.headers).toMatchObject({ 'server-timing': expect.stringContaining('db;dur=0;desc="0 calls"') })
    expect((await call(handler)).headers).not.toHaveProperty('server-timing')
  })

  it('refuses parameters that the operation does not know', async () => {
    const result = await call(
      answering(() => ok({})),
      { query: 'deep=1' },
    )
    expect(result).toMatchObject({ statusCode: 400, json: { errors: [{ parameter: 'deep', code: 'unknown_field' }] } })
  })

  it.each([
    ['GET', '/nowhere', 404, undefined],
    ['PUT', '/v1/customers', 405, 'POST, GET'],
    ['HEAD', '/health', 405, 'GET'],
    ['OPTIONS', '/v1/search', 405, 'GET'],
    ['PATCH', '/v1/objects/customer', 405, 'GET'],
    ['DELETE', '/v1/customers/external/erp/1', 405, 'PUT'],
    ['GET', '/v1//x', 404, undefined],
  ])('answers %s %s with %i', async (method, path, statusCode, allow) => {
    const result = await call(serve([], keptAccesses().open), { method, path, routeKey: '$default' })
    expect(result.statusCode).toBe(statusCode)
    expect(result.headers?.['allow']).toBe(allow)
  })
})

describe('onPublic', () => {
  it('cannot answer an operation that needs a token', () => {
    expect(() => onPublic(WhoAmI, async () => ok({}))).toThrow('whoAmI needs a signed-in caller')
  })
})
