import { describe, expect, it } from 'vitest'
import type { FieldOf } from '#schemas/definition.ts'
import type { Json } from '#schemas/json.ts'
import { checkField, label } from './check-field.ts'

const json: FieldOf<'json'> = { type: 'json', label }

function nested(levels: number): Json {
  return levels === 0 ? 'x' : [nested(levels - 1)]
}

describe('json', () => {
  it.each<[string, Json]>([
    ['an object', { a: [1, 'x', null, true, { b: {} }] }],
    ['a text', 'x'],
    ['false', false],
    ['zero', 0],
    ['24 levels', nested(24)],
    ['64 KB', 'x'.repeat(65_534)],
    ['names of prototypes that are plain names', { constructor: 1, toString: 'x' }],
  ])('%s is kept as it is', async (_what, value) => {
    expect(await checkField(json, value)).toEqual(value)
  })

  it.each([
    ['25 levels', nested(25), 'invalid_json'],
    ['1,000 levels', nested(1000), 'invalid_json'],
    ['more than 64 KB', 'x'.repeat(65_535), 'too_long'],
    ['64 KB of Chinese characters', '中'.repeat(21_846), 'too_long'],
    ['a number past what is exact', { a: 1e300 }, 'invalid_json'],
    ['a number too close to zero', [1e-300], 'invalid_json'],
    ['half of a surrogate pair', { a: ['\ud800'] }, 'invalid_json'],
    ['half of a surrogate pair in a name', { '\ud800': 1 }, 'invalid_json'],
    ['an empty name', { '': 1 }, 'invalid_json'],
    ['__proto__', JSON.parse('{"a":{"__proto__":{"admin":true}}}'), 'invalid_json'],
  ])('%s is refused', async (_what, value, code) => {
    expect(await checkField(json, value)).toBe(`/value ${code}`)
  })
})
