import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CrmError } from '#lib/errors.ts'
import { decodeCursor, encodeCursor } from '#lib/store/cursor.ts'

const query = ['user_1', 'customer', undefined, '-updatedAt']
const position = { s: '2026-01-01T00:00:00.000Z#cust_1' }
const good = encodeCursor(query, position)
const pack = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

function codeOf(work: () => unknown): string {
  try {
    work()
  } catch (error) {
    if (error instanceof CrmError) return error.code
    throw error
  }
  return 'accepted'
}

describe('cursor', () => {
  it('gives back any position for the same query', () => {
    const positions = fc.dictionary(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }))
    fc.assert(
      fc.property(fc.jsonValue(), positions, (anyQuery, anyPosition) => {
        expect(decodeCursor(anyQuery, encodeCursor(anyQuery, anyPosition))).toEqual(anyPosition)
      }),
      { seed: 5, numRuns: 300 },
    )
  })

  it('is safe in a URL', () => {
    expect(encodeCursor(query, { s: '?&=+/\u{1F600}' })).toMatch(/^[A-Za-z0-9_-]+$/)
  })

  it.each([
    ['nothing', ''],
    ['no base64', '***'],
    ['no JSON', Buffer.from('{').toString('base64url')],
    ['null', pack(null)],
    ['a number', pack(5)],
    ['a list', pack([])],
    ['no position', pack({ q: 'x' })],
    ['a position that is a text', pack({ q: 'x', p: 'x' })],
    ['a position of numbers', pack({ q: 'x', p: { s: 5 } })],
    ['a fingerprint of another', pack({ q: 'AAAAAAAAAAAAAAAA', p: position })],
    [
      'another position with the old fingerprint',
      pack({ ...JSON.parse(Buffer.from(good, 'base64url').toString()), p: { s: 'x' } }),
    ],
    ['a prototype', '{"q":"x","p":{"__proto__":"x"}}'],
    ['half of it', good.slice(0, good.length / 2)],
    ['a changed letter', `${good[0] === 'e' ? 'f' : 'e'}${good.slice(1)}`],
  ])('%s is refused', (_what, cursor) => {
    expect(codeOf(() => decodeCursor(query, cursor))).toBe('invalid_cursor')
  })

  it.each([
    ['actor', ['user_2', 'customer', undefined, '-updatedAt']],
    ['object', ['user_1', 'contact', undefined, '-updatedAt']],
    ['filter', ['user_1', 'customer', 'true', '-updatedAt']],
    ['order', ['user_1', 'customer', undefined, 'updatedAt']],
  ])('it does not fit a query with another %s', (_what, other) => {
    expect(codeOf(() => decodeCursor(other, good))).toBe('invalid_cursor')
  })
})
