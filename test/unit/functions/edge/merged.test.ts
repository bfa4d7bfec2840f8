import { describe, expect, it } from 'vitest'
import { mergedAnswer } from '#functions/edge/merged.ts'
import { recordMerged } from '#lib/errors.ts'
import { httpEvent } from '../../../support/http-event.ts'

const [old, survivor] = ['cust_01jq2v7m4hf8r9s0t1v2w3x4y5', 'cust_01jq2v7m4hf8r9s0t1v2w3x4y6']

describe('the answer for an absorbed record', () => {
  it.each([
    [`/v1/customers/${old}`, '', `/v1/customers/${survivor}`],
    [`/v1/customers/${old}/history`, 'limit=5', `/v1/customers/${survivor}/history?limit=5`],
    ['/v1/activities', `parent=${old}&limit=5`, `/v1/activities?parent=${survivor}&limit=5`],
  ])('%s?%s leads on to the same of the survivor', (path, query, location) => {
    const answer = mergedAnswer(recordMerged(old, survivor), { event: httpEvent({ path, query }), traceId: 't' })
    expect(answer).toEqual({
      status: 308,
      headers: { location },
      json: { code: 'record_merged', id: old, mergedInto: survivor },
    })
  })

  it('is a conflict where the request names it in its body only', () => {
    const event = httpEvent({ path: '/v1/customers/batch' })
    const answer = mergedAnswer(recordMerged(old, survivor), { event, traceId: 't' })
    expect(answer).toMatchObject({ status: 409, json: { code: 'merge_conflict', id: old, survivorId: survivor } })
  })
})
