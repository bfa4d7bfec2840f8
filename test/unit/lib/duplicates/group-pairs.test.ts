import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { groupPairs } from '#lib/duplicates/group-pairs.ts'
import type { DuplicatePair, Verdict } from '#lib/duplicates/types.ts'

const pair = (a: string, b: string, verdict: Verdict = 'merge', score = 0.99): DuplicatePair => ({
  a,
  b,
  score,
  verdict,
  reasons: [{ field: 'name', code: 'personName.exact', detail: 'The names are the same.', weight: 6 }],
})

const shapes = (pairs: DuplicatePair[]) =>
  groupPairs(pairs).map(({ members, verdict }) => `${members.join('')} ${verdict}`)

describe('groupPairs', () => {
  it.each<[string, DuplicatePair[], string[]]>([
    ['one certain pair', [pair('a', 'b')], ['ab merge']],
    ['all pairs certain', [pair('a', 'b'), pair('b', 'c'), pair('a', 'c')], ['abc merge']],
    [
      'certain pairs connect all, the last is likely',
      [pair('a', 'b'), pair('b', 'c'), pair('a', 'c', 'suggest', 0.8)],
      ['abc merge'],
    ],
    [
      'a member that only looks alike',
      [pair('a', 'b'), pair('b', 'c', 'suggest', 0.7), pair('a', 'c', 'suggest', 0.6)],
      ['abc suggest'],
    ],
    ['a missing pair is never certain', [pair('a', 'b'), pair('b', 'c')], ['abc suggest']],
    ['two groups', [pair('a', 'b'), pair('c', 'd', 'suggest', 0.6)], ['ab merge', 'cd suggest']],
    [
      'a chain of look-alikes',
      [pair('a', 'b'), pair('c', 'd'), pair('b', 'c', 'suggest', 0.6)],
      ['ab merge', 'cd merge'],
    ],
    ['nothing', [], []],
  ])('%s', (_what, pairs, groups) => {
    expect(shapes(pairs)).toEqual(groups)
  })

  it('the group is as sure as its weakest pair, and each reason stands once', () => {
    const [group] = groupPairs([pair('a', 'b'), pair('b', 'c', 'suggest', 0.7), pair('a', 'c', 'suggest', 0.6)])
    expect([group?.score, group?.reasons.length]).toEqual([0.6, 1])
  })

  it('the order of the pairs does not matter, and every member is in one group', () => {
    const ids = fc.constantFrom(...'abcdefgh')
    const pairs = fc.uniqueArray(
      fc.tuple(ids, ids, fc.constantFrom<Verdict>('merge', 'suggest'), fc.integer({ min: 50, max: 100 })),
      { selector: ([x, y]) => [x, y].sort().join(''), maxLength: 20 },
    )
    fc.assert(
      fc.property(pairs, fc.infiniteStream(fc.nat()), (list, order) => {
        const all = list.flatMap(([x, y, verdict, percent]) =>
          x === y ? [] : [pair(...([x, y].sort() as [string, string]), verdict, percent / 100)],
        )
        const shuffled = all.map(each => ({ each, at: order.next().value })).sort((x, y) => x.at - y.at)
        const groups = groupPairs(all)
        expect(groupPairs(shuffled.map(({ each }) => each))).toEqual(groups)
        const members = groups.flatMap(group => group.members)
        expect(new Set(members).size).toBe(members.length)
      }),
    )
  })
})
