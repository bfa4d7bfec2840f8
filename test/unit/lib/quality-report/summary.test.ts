import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Quality } from '#lib/quality/types.ts'
import { boundSums, earlierKey } from '#lib/quality-report/bound-parts.ts'
import { scoreOf } from '#lib/quality-report/mean-score.ts'
import { snapshotParts } from '#lib/quality-report/snapshot-parts.ts'
import {
  addRecord,
  addSums,
  addTallies,
  emptySummary,
  emptySums,
  emptyTally,
  mergeSummaries,
  type OwnerSummary,
  type PartSums,
  type QualitySummary,
  type Tally,
} from '#lib/quality-report/summary.ts'
import type { StoredRecord } from '#lib/store/items.ts'
import { contact } from '#schemas/objects/contact.ts'
import { customer } from '#schemas/objects/customer.ts'
import { qualityRules } from '#schemas/settings/quality.ts'

type Seen = { record: StoredRecord; quality: Quality }

const objects = { customer, contact }
const finding = (rule: (typeof qualityRules)[number]) => ({
  rule,
  severity: 'warning' as const,
  points: 5,
  detail: 'What is wrong.',
  fix: 'What to do.',
})
const seen: fc.Arbitrary<Seen> = fc
  .record({
    object: fc.constantFrom('customer', 'contact'),
    team: fc.option(fc.constantFrom('team_east', 'team_west', 'constructor'), { nil: undefined }),
    owner: fc.option(fc.constantFrom('user_a', 'user_b', 'user_c', 'constructor'), { nil: undefined }),
    source: fc.option(fc.constantFrom('website', 'phone', '__proto__', 'constructor'), { nil: undefined }),
    month: fc.constantFrom('2025-12', '2026-01', '2026-02'),
    score: fc.integer({ min: 0, max: 100 }),
    rules: fc.array(fc.constantFrom(...qualityRules), { maxLength: 4 }),
  })
  .map(({ object, owner, team, source, month, score, rules }) => {
    const fields = { ...(owner && { ownerId: owner }), ...(team && { teamId: team }), ...(source && { source }) }
    const at = `${month}-15T00:00:00.000Z`
    const by = 'user_a'
    const times = { createdAt: at, createdBy: by, updatedAt: at, updatedBy: by }
    return {
      record: { id: 'x', object, version: 1, fields, ...times },
      quality: { score, findings: rules.map(finding) },
    }
  })

function summaryOf(records: readonly Seen[], threshold = 60, timeZone = 'UTC'): QualitySummary {
  const summary = emptySummary()
  for (const { record, quality } of records)
    addRecord(summary, objects[record.object as keyof typeof objects], { record, quality, threshold, timeZone })
  return summary
}

const total = (summary: QualitySummary): Tally =>
  Object.values(summary)
    .flatMap(owners => Object.values(owners))
    .map(owner => owner.total)
    .reduce(addTallies, emptyTally())

describe('a quality summary', () => {
  it('of parts in any order and any cut is that of the whole', () => {
    fc.assert(
      fc.property(fc.array(seen), fc.array(fc.nat(), { maxLength: 5 }), (records, cuts) => {
        const places = [0, ...cuts.map(cut => cut % (records.length + 1)), records.length].toSorted((a, b) => a - b)
        const parts = places.slice(1).map((end, i) => summaryOf(records.slice(places[i], end)))
        expect(parts.reduceRight(mergeSummaries, emptySummary())).toEqual(summaryOf(records))
        expect(JSON.parse(JSON.stringify(summaryOf(records)))).toEqual(summaryOf(records))
      }),
    )
  })

  it('adds up: owners, sources and months each hold every record once', () => {
    fc.assert(
      fc.property(fc.array(seen, { minLength: 1 }), records => {
        const summary = summaryOf(records)
        expect(total(summary)).toMatchObject({
          count: records.length,
          scoreSum: records.reduce((sum, { quality }) => sum + quality.score, 0),
          below: records.filter(({ quality }) => quality.score < 60).length,
        })
        for (const owner of Object.values(summary).flatMap(owners => Object.values(owners)))
          for (const cut of [owner.sources, owner.months])
            expect(Object.values(cut).reduce(addTallies, emptyTally())).toEqual(owner.total)
      }),
    )
  })

  it('counts a record once for a rule it breaks twice, and by the threshold given', () => {
    const [record] = fc.sample(seen, 1).map(each => each.record)
    const quality = { score: 60, findings: [finding('phoneInvalid'), finding('phoneInvalid')] }
    const both = [{ record, quality }] as Seen[]
    expect(total(summaryOf(both, 60))).toEqual({ count: 1, scoreSum: 60, below: 0, rules: { phoneInvalid: 1 } })
    expect(total(summaryOf(both, 61)).below).toBe(1)
  })

  it.each([
    ['Asia/Shanghai', '2026-02-28T15:59:59.999Z', '2026-02'],
    ['Asia/Shanghai', '2026-02-28T16:00:00.000Z', '2026-03'],
    ['America/Los_Angeles', '2026-03-01T07:59:59.999Z', '2026-02'],
    ['UTC', '2026-02-28T23:59:59.999Z', '2026-02'],
    ['Asia/Shanghai', 'once upon a time', 'other'],
  ])('has by the clocks of %s what was created at %s in month %s', (timeZone, createdAt, month) => {
    const [{ record, quality }] = fc.sample(seen, 1) as [Seen]
    const [owners] = Object.values(summaryOf([{ record: { ...record, createdAt }, quality }], 60, timeZone))
    expect(Object.values(owners ?? {}).map(({ months }) => Object.keys(months))).toEqual([[month]])
  })

  it('is not changed by being merged', () => {
    fc.assert(
      fc.property(fc.array(seen), fc.array(seen), (left, right) => {
        const [a, b] = [summaryOf(left), summaryOf(right)]
        mergeSummaries(a, b)
        expect([a, b]).toEqual([summaryOf(left), summaryOf(right)])
      }),
    )
  })

  it.each([
    [[], 0],
    [[100, 99, 99], 99.3],
    [[50, 51], 50.5],
    [[33, 33, 34], 33.3],
  ])('has of scores %j a mean of %f', (scores, mean) => {
    const [{ record }] = fc.sample(seen, 1) as [Seen]
    const records = scores.map(score => ({ record, quality: { score, findings: [] } }))
    expect(scoreOf(total(summaryOf(records)))).toBe(mean)
  })
})

describe('what a snapshot keeps', () => {
  const tallyIn = (part: PartSums | undefined) => part?.total ?? emptyTally()

  it('of the tenant is the sum of its owners, of a team that of the records that are its own', () => {
    fc.assert(
      fc.property(fc.array(seen, { minLength: 1 }), records => {
        const summary = summaryOf(records)
        const parts = new Map(snapshotParts(summary).map(part => [part.part, part]))
        for (const object of ['customer', 'contact']) {
          const of = (...owners: string[]) =>
            owners
              .map(owner => summary[object]?.[owner])
              .map(tallyIn)
              .reduce(addTallies, emptyTally())
          const kept = (part: string) => tallyIn(parts.get(part)?.objects[object])
          expect(kept('tenant')).toEqual(of(...Object.keys(summary[object] ?? {})))
          const ofTeam = records.filter(
            ({ record }) => record.object === object && record.fields['teamId'] === 'team_east',
          )
          expect(kept('team_east')).toEqual(total(summaryOf(ofTeam)))
          const inTeam = Object.entries(summaryOf(ofTeam)[object] ?? {}).map(([owner, its]) => [owner, its.total])
          expect(parts.get('team_east')?.objects[object]?.byOwner ?? {}).toEqual(Object.fromEntries(inTeam))
          expect(kept('user_c')).toEqual(of('user_c'))
        }
        expect(parts.get('tenant')?.owners).toEqual(
          [...new Set(Object.values(summary).flatMap(Object.keys))].toSorted(),
        )
        expect([...parts.keys()].at(-1)).toBe('tenant')
      }),
    )
  })

  it('has a part for each of the 500 owners with the most records, and one for the rest', () => {
    const owners = Array.from({ length: 620 }, (_, i): [string, OwnerSummary] => {
      const tally = { count: 700 - i, scoreSum: (700 - i) * 80, below: 1, rules: { phoneInvalid: 1 } }
      return [`user_${i}`, { total: tally, sources: { website: tally }, months: { '2026-01': tally }, teams: {} }]
    })
    const parts = new Map(
      snapshotParts({ customer: Object.fromEntries(owners) }).map(part => [part.part, part.objects['customer']]),
    )
    expect(parts.size).toBe(502)
    expect(parts.get('user_499')?.total.count).toBe(201)
    expect(parts.has('user_500')).toBe(false)
    const rest = owners.slice(500).map(([, owner]) => owner)
    expect(parts.get('other')).toEqual({ ...rest.reduce(addSums, emptySums()), byOwner: {} })
    expect(parts.get('tenant')?.total.count).toBe(owners.reduce((sum, [, owner]) => sum + owner.total.count, 0))
  })

  it('fits into a record however many months and sources there are, and loses no count', () => {
    const tally = { count: 2, scoreSum: 150, below: 0, rules: { freshness: 1 } }
    const months = Array.from(
      { length: 240 },
      (_, i) => `${2007 + Math.floor(i / 12)}-${String((i % 12) + 1).padStart(2, '0')}`,
    )
    const sources = Array.from({ length: 300 }, (_, i) => `source${i}`)
    const named = (keys: string[]) => Object.fromEntries(keys.map(key => [key, tally]))
    const small = boundSums({ total: tally, sources: named(sources), months: named(months) })
    expect(Object.keys(small.months).toSorted()).toEqual([...months.slice(-24), earlierKey].toSorted())
    expect(small.months[earlierKey]?.count).toBe(216 * 2)
    expect(Object.keys(small.sources)).toHaveLength(61)
    expect(Object.values(small.sources).reduce(addTallies).count).toBe(600)
    expect(JSON.stringify(small).length).toBeLessThan(20_000)
  })
})
