import { beforeAll, describe, expect, it } from 'vitest'
import { defaultModel } from '#lib/duplicates/default-model.ts'
import { findDuplicates } from '#lib/duplicates/find-duplicates.ts'
import { groupPairs } from '#lib/duplicates/group-pairs.ts'
import type { ObjectDefinition } from '#schemas/definition.ts'
import { contact } from '#schemas/objects/contact.ts'
import { type MatchSet, pairsOfEntities, scoreMatches, shortfallsOf } from '../../../eval/matching.ts'
import { zhBars, zhCustomers } from '../../../eval/zh-customers.ts'

let set: MatchSet

beforeAll(async () => {
  set = await zhCustomers('test/data/contacts.zh.csv', 'test/data/contacts.zh.truth.csv')
})

describe('3,016 Chinese contacts with eleven kinds of dirt', () => {
  it('are found, merged and suggested as the bars ask', () => {
    expect(shortfallsOf(scoreMatches(set), zhBars)).toEqual([])
  })

  it('are told apart by the default model too', () => {
    const score = scoreMatches(set, (object, records) =>
      findDuplicates(object, records, { model: defaultModel(object) }),
    )
    expect(shortfallsOf(score, zhBars)).toEqual([])
  })

  it('give groups that hold one person each where they are certain', () => {
    const { pairs } = findDuplicates(set.object, set.records)
    const certain = groupPairs(pairs).filter(({ verdict }) => verdict === 'merge')
    const merged = pairsOfEntities(new Map(certain.flatMap(({ members }, i) => members.map(id => [id, String(i)]))))
    const wrong = [...merged].filter(pair => !set.truth.has(pair))
    expect(certain.length).toBeGreaterThan(400)
    expect(wrong.length / merged.size).toBeLessThan(0.005)
  })

  it('one row of each person gives next to nothing: no merge, few suggestions', () => {
    const second = new Set([...set.truth].map(pair => pair.split(' ')[1]))
    const { pairs } = findDuplicates(
      set.object,
      set.records.filter(({ id }) => !second.has(id)),
    )
    expect([pairs.filter(({ verdict }) => verdict === 'merge').length, pairs.length < 20]).toEqual([0, true])
  })
})

describe('a planted bug', () => {
  const without = (...names: string[]): ObjectDefinition => ({
    ...contact,
    fields: Object.fromEntries(Object.entries(contact.fields).filter(([name]) => !names.includes(name))),
  })

  it.each<[string, string[]]>([
    ['that ignores phones', ['phones']],
    ['that ignores phones and e-mails', ['phones', 'emails']],
    ['that ignores names', ['name']],
  ])('%s is seen', (_what, names) => {
    const score = scoreMatches(set, (_object, records) => findDuplicates(without(...names), records))
    expect(shortfallsOf(score, zhBars)).not.toEqual([])
  })

  it('that merges all it finds is seen', () => {
    const score = scoreMatches(set, (object, records) => {
      const report = findDuplicates(object, records)
      return { ...report, pairs: report.pairs.map(pair => ({ ...pair, verdict: 'merge' })) }
    })
    expect(shortfallsOf(score, zhBars)).toEqual([expect.stringMatching(/^merge P/)])
  })
})
