import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { groupApart } from '#lib/duplicate-groups/group-apart.ts'
import { groupPairs } from '#lib/duplicates/group-pairs.ts'
import type { DuplicatePair } from '#lib/duplicates/types.ts'

const pair = (ids: string, score = 0.9): DuplicatePair => {
  const [a = '', b = ''] = ids
  return { a, b, score, verdict: 'merge', reasons: [] }
}
const members = (pairs: DuplicatePair[], ...refused: string[]) =>
  groupApart(pairs, new Set(refused.map(ids => ids.split('').join(' ')))).map(group => group.members.join(''))

describe('groups with pairs that somebody said are two', () => {
  it.each<[string, DuplicatePair[], string[], string[]]>([
    ['are as they were without any', [pair('ab'), pair('bc'), pair('ac')], [], ['abc']],
    ['fall apart: the third goes with the one it is more like', [pair('ac', 0.8), pair('bc', 0.9)], ['ab'], ['bc']],
    ['or with the one that comes first, when it is like both', [pair('ac'), pair('bc')], ['ab'], ['ac']],
    ['keep what is not concerned', [pair('ac', 0.8), pair('bc'), pair('xy')], ['ab'], ['bc', 'xy']],
    ['fall apart around two refusals', [pair('ac'), pair('bc', 0.8), pair('cd', 0.7)], ['ab', 'ad', 'bd'], ['ac']],
  ])('%s', (_, pairs, refused, wanted) => {
    expect(members(pairs, ...refused).toSorted()).toEqual(wanted)
  })

  const letters = 'abcdefg'
  const ids = fc
    .tuple(fc.nat(6), fc.nat(6))
    .filter(([i, j]) => i !== j)
    .map(([i, j]) => [letters[Math.min(i, j)], letters[Math.max(i, j)]].join(''))
  const likely = fc.uniqueArray(fc.tuple(ids, fc.integer({ min: 50, max: 99 })), {
    selector: ([each]) => each,
    maxLength: 15,
  })
  const game = fc.tuple(likely, fc.uniqueArray(ids, { maxLength: 6 }))

  it('never hold such a pair, nor a record twice, whatever the order of the pairs', () => {
    fc.assert(
      fc.property(game, ([found, refused]) => {
        const pairs = found.flatMap(([each, score]) => (refused.includes(each) ? [] : [pair(each, score / 100)]))
        const groups = members(pairs, ...refused)
        for (const each of refused)
          expect(groups.filter(group => [...each].every(id => group.includes(id)))).toEqual([])
        expect(new Set(groups.join('')).size).toBe(groups.join('').length)
        expect(members(pairs.toReversed(), ...refused).toSorted()).toEqual(groups.toSorted())
      }),
      { numRuns: 500 },
    )
  })

  it('would hold some if pairs were grouped without regard to it', () => {
    const { failed } = fc.check(
      fc.property(game, ([found, refused]) => {
        const pairs = found.flatMap(([each, score]) => (refused.includes(each) ? [] : [pair(each, score / 100)]))
        const groups = groupPairs(pairs).map(group => group.members.join(''))
        return refused.every(each => !groups.some(group => [...each].every(id => group.includes(id))))
      }),
      { numRuns: 500 },
    )
    expect(failed).toBe(true)
  })
})
