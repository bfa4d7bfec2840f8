import { beforeEach, describe, expect, it, vi } from 'vitest'
import { ok } from '#functions/edge/answers.ts'
import type { Call } from '#functions/edge/http.ts'
import { logged } from '#functions/edge/logged.ts'
import { createLogger } from '#lib/runtime/logger.ts'
import { httpEvent } from '../../../support/http-event.ts'
import { keptAccesses } from '../../../support/kept-accesses.ts'

beforeEach(() => void vi.spyOn(process.stdout, 'write').mockReturnValue(true))

const call = (more: Partial<Call> = {}): Call => ({
  event: httpEvent(),
  requestId: 'r1',
  traceId: 't1',
  startedAt: performance.now(),
  log: createLogger({}),
  ...more,
})
const shown = ok({ id: 'cust_01m8fdtj6ffj6thwmep11hxf26', name: 'Zhang' })
const file = ok({ download: { url: 'https://bucket/file?X-Amz-Signature=1' } })

describe('an answer goes out logged', () => {
  it('once the bus has its record', async () => {
    const line = keptAccesses()
    expect(await logged(call({ isGuarded: true }), shown, line.open)).toMatchObject({ statusCode: 200 })
    expect(line.published).toMatchObject([{ requestID: 'r1', additionalEventData: { status: 200 } }])
    expect(line.spooled).toEqual([])
  })

  it('by way of the queue while the bus is down, when it shows nothing sensitive', async () => {
    const line = keptAccesses({ bus: true })
    expect(await logged(call(), shown, line.open)).toMatchObject({ statusCode: 200 })
    expect(line.spooled).toMatchObject([{ requestID: 'r1', additionalEventData: { status: 200 } }])
  })

  it.each<[string, Partial<Call>, typeof shown]>([
    ['sensitive fields', { isGuarded: true }, shown],
    ['the address of a file', {}, file],
    [
      'a redirection to a file',
      {},
      { status: 303, json: undefined, headers: { location: 'https://b/f?X-Amz-Signature=1' } },
    ],
  ])('never with %s while the bus is down: 503, and that is what the log says', async (_, more, answer) => {
    const line = keptAccesses({ bus: true })
    const result = await logged(call(more), answer, line.open)
    expect(result).toMatchObject({ statusCode: 503, headers: { 'retry-after': '2' } })
    expect(JSON.stringify(result)).not.toMatch(/Zhang|X-Amz/)
    expect(line.spooled).toMatchObject([{ errorCode: 'unavailable', additionalEventData: { status: 503 } }])
  })

  it.each([304, 404])('as %s while the bus is down: it shows nothing', async status => {
    const line = keptAccesses({ bus: true })
    expect(await logged(call({ isGuarded: true }), { status }, line.open)).toMatchObject({ statusCode: status })
    expect(line.spooled).toHaveLength(1)
  })

  it('never when neither bus nor queue takes its record', async () => {
    const line = keptAccesses({ bus: true, queue: true })
    expect(await logged(call(), shown, line.open)).toMatchObject({ statusCode: 503 })
  })

  it('under the same event id however often it is told', async () => {
    const line = keptAccesses()
    await logged(call(), shown, line.open)
    await logged(call(), shown, line.open)
    expect(new Set(line.published.map(({ eventID }) => eventID)).size).toBe(1)
  })
})
