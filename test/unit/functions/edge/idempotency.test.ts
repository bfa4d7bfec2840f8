import { describe, expect, it } from 'vitest'
import { readIdempotency } from '#functions/edge/idempotency.ts'
import { httpEvent } from '../../../support/http-event.ts'

const post = { method: 'POST', path: '/v1/customers', query: '', body: '{"name":"A"}' }
const read = (key: string | undefined, wishes = {}, actor = 'user_1') =>
  readIdempotency(
    httpEvent({ ...post, headers: key === undefined ? {} : { 'idempotency-key': key }, ...wishes }),
    actor,
  )

describe('readIdempotency', () => {
  it('has nothing to say without a key', () => expect(read(undefined)).toBeUndefined())

  it('is the same for the same request', () => expect(read('k')).toEqual(read('k')))

  it('keeps keys of different actors apart', () => {
    expect(read('k', {}, 'user_2')?.key).not.toBe(read('k')?.key)
    expect(read('1k', {}, 'user_')?.key).not.toBe(read('k', {}, 'user_1')?.key)
  })

  it.each([
    ['method', { method: 'PUT' }],
    ['path', { path: '/v1/contacts' }],
    ['query', { query: 'allowDuplicates=true' }],
    ['body', { body: '{"name":"B"}' }],
  ])('tells requests apart by their %s', (_, wishes) => {
    expect(read('k', wishes)?.key).toBe(read('k')?.key)
    expect(read('k', wishes)?.requestHash).not.toBe(read('k')?.requestHash)
  })

  it.each(['', ' ', 'two words', 'tab\t', 'ä', 'k'.repeat(256)])('refuses the key %j', key =>
    expect(() => read(key)).toThrow(expect.objectContaining({ code: 'validation_failed' })),
  )

  it.each(['k', '"quoted"', '~!', 'k'.repeat(255)])('takes the key %j', key => expect(read(key)).toBeDefined())
})
