import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { mergePatch } from '#lib/records/merge-patch.ts'
import type { Json } from '#schemas/json.ts'

/** What each row of RFC 7396, appendix A shows, in words of our own. */
const rows: [what: string, target: Json, patch: Json, result: Json][] = [
  ['a value is replaced', { city: 'Beijing' }, { city: 'Shanghai' }, { city: 'Shanghai' }],
  ['a new member is added', { city: 'Beijing' }, { zip: '100080' }, { city: 'Beijing', zip: '100080' }],
  ['null removes a member', { city: 'Beijing' }, { city: null }, {}],
  ['null removes one of several', { city: 'Beijing', zip: '1' }, { city: null }, { zip: '1' }],
  ['a text replaces a list', { city: ['Beijing'] }, { city: 'Beijing' }, { city: 'Beijing' }],
  ['a list replaces a text', { city: 'Beijing' }, { city: ['Beijing'] }, { city: ['Beijing'] }],
  ['objects merge deeply', { at: { city: 'B' } }, { at: { city: 'S', zip: null } }, { at: { city: 'S' } }],
  ['a list is replaced whole', { all: [{ city: 'B' }] }, { all: [1] }, { all: [1] }],
  ['a list replaces a list', ['a', 'b'], ['c', 'd'], ['c', 'd']],
  ['a list replaces an object', { city: 'B' }, ['c'], ['c']],
  ['null replaces the whole', { city: 'B' }, null, null],
  ['a text replaces the whole', { city: 'B' }, 'Shanghai', 'Shanghai'],
  ['null that is there stays', { zip: null }, { city: 1 }, { zip: null, city: 1 }],
  ['an object replaces a list', [1, 2], { city: 'B', zip: null }, { city: 'B' }],
  ['nulls inside a new member are left out', {}, { at: { in: { zip: null } } }, { at: { in: {} } }],
]

const json = fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<Json>

describe('mergePatch', () => {
  it.each(rows)('%s', (_what, target, patch, result) => {
    expect(mergePatch(target, patch)).toEqual(result)
  })

  it('doing it twice changes nothing more', () => {
    fc.assert(
      fc.property(json, json, (target, patch) => {
        const once = mergePatch(target, patch)
        expect(mergePatch(once, patch)).toEqual(once)
      }),
      { seed: 7396, numRuns: 300 },
    )
  })

  it('leaves target and patch as they were', () => {
    fc.assert(
      fc.property(json, json, (target, patch) => {
        const before = structuredClone([target, patch])
        mergePatch(target, patch)
        expect([target, patch]).toEqual(before)
      }),
      { seed: 7396, numRuns: 300 },
    )
  })

  it('reaches no prototype', () => {
    mergePatch({}, JSON.parse('{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}'))
    expect(Reflect.get({}, 'polluted')).toBeUndefined()
  })
})
