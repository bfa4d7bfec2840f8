import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { diffFields, undoChange } from '#lib/records/diff.ts'
import type { JsonObject } from '#schemas/json.ts'

const fields = fc.dictionary(
  fc.constantFrom('name', 'tier', 'tags', 'address', 'size'),
  fc.jsonValue({ maxDepth: 2 }),
) as fc.Arbitrary<JsonObject>

describe('diffFields', () => {
  it.each<[string, JsonObject, JsonObject, unknown]>([
    ['nothing', { a: 1 }, { a: 1 }, {}],
    ['a new field', {}, { a: 1 }, { a: { new: 1 } }],
    ['a field that went', { a: 1 }, {}, { a: { old: 1 } }],
    ['another value', { a: [1] }, { a: [1, 2] }, { a: { old: [1], new: [1, 2] } }],
    ['not the order of members', { a: { x: 1, y: 2 } }, { a: { y: 2, x: 1 } }, {}],
    ['null is a value', { a: null }, {}, { a: { old: null } }],
  ])('tells %s', (_what, before, after, changes) => {
    expect(diffFields(before, after)).toEqual(changes)
  })

  it('undoing a difference gives back the state before, whatever the states', () => {
    fc.assert(
      fc.property(fields, fields, (before, after) => {
        expect(undoChange(after, diffFields(before, after))).toEqual(before)
      }),
      { seed: 42, numRuns: 200 },
    )
  })

  it('undoing on the state before leaves it as it is, so a rewind may meet a change that came meanwhile', () => {
    fc.assert(
      fc.property(fields, fields, (before, after) => {
        expect(undoChange(before, diffFields(before, after))).toEqual(before)
      }),
      { seed: 42, numRuns: 200 },
    )
  })
})
