import { describe, expect, it } from 'vitest'
import type { FieldAccess } from '#lib/permissions/actor.ts'
import { systemActor } from '#lib/permissions/system-actor.ts'
import { compileFilter } from '#lib/records/filter/compile-filter.ts'
import type { Context } from '#lib/runtime/context.ts'
import type { StoredRecord } from '#lib/store/items.ts'
import { customer } from '#schemas/objects/customer.ts'
import { handClock, testTenant, toldBy } from '../../../../support/table.ts'

/** Who filters, on which day, seeing some fields less than whole. */
const viewer = (day = '2026-02-01', fields: [string, FieldAccess][] = []): Context =>
  ({
    actor: { ...systemActor, role: { ...systemActor.role, fields: new Map(fields) } },
    clock: handClock(`${day}T00:00:00.000Z`),
    tenant: testTenant,
  }) as Partial<Context> as Context

/** A number that cannot be dialled, no owner, no address: 51 points are left. */
const poor: StoredRecord = {
  id: 'cust_01h455vb4pex5vsknk084sn02q',
  object: 'customer',
  version: 3,
  fields: { name: 'Ann', phones: [{ value: '12', primary: true, status: 'unverified' }] },
  createdAt: '2026-01-01T00:00:00.000Z',
  createdBy: 'system',
  updatedAt: '2026-02-01T00:00:00.000Z',
  updatedBy: 'system',
}
const holds = async (context: Context, source: string) => (await compileFilter(context, customer, source)).test(poor)
const refused = ['invalid_filter', '?filter invalid_filter']

describe('a filter by quality', () => {
  it.each([
    ['record.quality.score < 60', true],
    ['record.quality.score >= 60', false],
    ['record.quality.score == 51', true],
    ['record.quality.score < 60 && record.name == "Ann"', true],
    ['record.quality.issues.exists(issue, issue.rule == "phoneInvalid" && issue.severity == "error")', true],
    ['record.quality.issues.exists(issue, issue.field == "emails")', false],
    ['record.quality.issues.size() == 0', false],
  ])('%s', async (source, expected) => {
    expect(await holds(viewer(), source)).toBe(expected)
  })

  it.each([
    'record.quality < 60',
    'record.quality.score < "60"',
    'record.quality.grade == "A"',
    'record.quality.issues.exists(issue, issue.colour == "red")',
  ])('%s does not type-check', async source => {
    expect(await toldBy(compileFilter(viewer(), customer, source))).toEqual(refused)
  })

  it('is judged at the time of each request, whoever filtered so before', async () => {
    const stale = 'record.quality.issues.exists(issue, issue.rule == "freshness")'
    expect(await holds(viewer('2026-02-01'), stale)).toBe(false)
    expect(await holds(viewer('2027-02-01'), stale)).toBe(true)
  })

  it.each(['masked', 'hidden'] as const)('tells nothing of a field that is %s', async access => {
    const source = 'record.quality.issues.exists(issue, issue.rule == "phoneInvalid")'
    expect(await holds(viewer('2026-02-01', [['customer.phones', access]]), source)).toBe(false)
  })

  it('is none of what the product keeps for its own workings', async () => {
    const system = { ...customer, name: 'gear', system: true }
    expect(await toldBy(compileFilter(viewer(), system, 'record.quality.score < 60'))).toEqual(refused)
  })
})
