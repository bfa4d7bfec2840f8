import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Actor } from '#lib/permissions/actor.ts'
import { type QualityQuery, readQuality } from '#lib/quality-report/read-quality.ts'
import { saveSnapshot } from '#lib/quality-report/save-snapshot.ts'
import { findRecords } from '#lib/records/operations/find-records.ts'
import { planOnce } from '#lib/records/plan-once.ts'
import { writeRecord } from '#lib/records/write.ts'
import type { QualityOverview } from '#schemas/api/quality.ts'
import type { JsonObject } from '#schemas/json.ts'
import { defaultPolicy } from '#schemas/settings.ts'
import { killedAt } from '../../../support/frail-store.ts'
import { type Judged, summaryOf } from '../../../support/quality-summary.ts'
import {
  actorWithRole,
  type Cast,
  contextOf,
  countItems,
  objectNamed,
  seedCast,
  startTables,
  systemContext,
  type Tables,
  toldBy,
} from '../../../support/table.ts'

const first = '2026-03-01T18:00:00.000Z'
const second = '2026-03-08T18:00:00.000Z'
const clock = { now: () => new Date('2026-03-10T00:00:00.000Z') }
/** Two customers of the rep, one of the colleague, one of the other team and one of nobody; a contact of the rep. */
const week = ({ rep, rep2, outsider, teams: { east, west } }: Cast, better: number): Judged[] => [
  {
    object: 'customer',
    owner: rep.id,
    team: east,
    score: 40 + better,
    source: 'website',
    rules: ['completeness', 'freshness'],
  },
  { object: 'customer', owner: rep.id, team: east, score: 90, source: 'website', month: '2026-02' },
  { object: 'customer', owner: rep2.id, team: east, score: 71, source: 'phone', rules: ['phoneInvalid'] },
  { object: 'customer', owner: outsider.id, team: west, score: 55, source: 'other' },
  { object: 'customer', score: 20, rules: ['orphan'] },
  { object: 'contact', owner: rep.id, team: east, score: 100 },
]

let tables: Tables
let cast: Cast
beforeAll(async () => {
  tables = await startTables()
  cast = await seedCast(tables)
  await saveSnapshot(systemContext(tables), { runId: 'run_1', at: first, summary: summaryOf(week(cast, 0)) })
  await saveSnapshot(systemContext(tables), { runId: 'run_2', at: second, summary: summaryOf(week(cast, 30)) })
})
afterAll(() => tables.stop())

const ask = (actor: Actor, query: QualityQuery = {}): Promise<QualityOverview> =>
  readQuality(contextOf(tables, actor, { clock }), query)
const customersOf = async (actor: Actor, query: QualityQuery = {}) =>
  (await ask(actor, query)).objects.find(({ object }) => object === 'customer')
/** Each group as `key records score`. */
const groupsOf = async (actor: Actor, by: 'owner' | 'source' | 'month') =>
  ((await customersOf(actor, { by }))?.groups ?? []).map(({ key, records, score }) => `${key} ${records} ${score}`)

describe('the quality that a role sees', () => {
  it('all: every record, the latest figures, and how they came to be', async () => {
    expect(await ask(cast.admin)).toEqual({
      at: second,
      runId: 'run_2',
      threshold: 60,
      objects: [
        {
          object: 'customer',
          scope: 'all',
          records: 5,
          score: 61.2,
          below: 2,
          findings: { completeness: 1, freshness: 1, phoneInvalid: 1, orphan: 1 },
          trend: [
            { at: first, records: 5, score: 55.2, below: 3 },
            { at: second, records: 5, score: 61.2, below: 2 },
          ],
        },
        {
          object: 'contact',
          scope: 'all',
          records: 1,
          score: 100,
          below: 0,
          findings: {},
          trend: [
            { at: first, records: 1, score: 100, below: 0 },
            { at: second, records: 1, score: 100, below: 0 },
          ],
        },
      ],
    })
  })

  it.each<[keyof Cast & ('rep' | 'rep2' | 'outsider' | 'manager' | 'auditor' | 'service'), string, number, number]>([
    ['rep', 'own', 2, 80],
    ['rep2', 'own', 1, 71],
    ['outsider', 'own', 1, 55],
    ['manager', 'team', 3, 77],
    ['auditor', 'all', 5, 61.2],
    ['service', 'all', 5, 61.2],
  ])('%s: %s', async (role, scope, records, score) => {
    expect(await customersOf(cast[role])).toMatchObject({ scope, records, score })
  })

  it('team: the records that are the team’s, whatever team their owner is in by now', async () => {
    const permissions = [{ object: 'customer', create: 'none', read: 'team', update: 'none', delete: 'none' }]
    const leader = await actorWithRole(tables, { permissions, teamId: cast.teams.west })
    const moved: Judged[] = [
      { object: 'customer', owner: cast.outsider.id, team: cast.teams.east, score: 10, source: 'phone' },
      { object: 'customer', owner: cast.outsider.id, team: cast.teams.west, score: 80, source: 'website' },
      { object: 'customer', owner: cast.outsider.id, score: 20 },
      { object: 'customer', team: cast.teams.west, score: 60 },
    ]
    const to = '2025-06-06T00:00:00.000Z'
    const at = '2025-06-05T00:00:00.000Z'
    await saveSnapshot(systemContext(tables), { runId: 'run_moved', at, summary: summaryOf(moved) })
    const groups = async (by: 'owner' | 'source') =>
      (await customersOf(leader, { to, by }))?.groups?.map(({ key, records, score }) => `${key} ${records} ${score}`)
    expect(await customersOf(leader, { to })).toMatchObject({ scope: 'team', records: 2, score: 70 })
    expect(await groups('owner')).toEqual(['none 1 60', `${cast.outsider.id} 1 80`])
    expect(await groups('source')).toEqual(['none 1 60', 'website 1 80'])
    expect(await customersOf(cast.manager, { to })).toMatchObject({ records: 1, score: 10 })
    expect(await customersOf(cast.outsider, { to })).toMatchObject({ records: 3, score: 36.7 })
  })

  it('team without a team, and own without records: nothing at all, not the zero of others', async () => {
    const permissions = [{ object: 'customer', create: 'none', read: 'team', update: 'none', delete: 'none' }]
    expect((await ask(await actorWithRole(tables, { permissions }))).objects).toEqual([])
  })

  it('none: the object is not there, and asked for it is 404', async () => {
    const permissions = [{ object: 'contact', create: 'none', read: 'all', update: 'none', delete: 'none' }]
    const actor = await actorWithRole(tables, { permissions })
    expect((await ask(actor)).objects.map(({ object }) => object)).toEqual(['contact'])
    expect(await toldBy(ask(actor, { object: 'customers' }))).toEqual(['not_found'])
  })
})

describe('quality by', () => {
  it('owner: all of them for who sees all, the team’s for its leader, oneself otherwise', async () => {
    const { rep, rep2, outsider } = cast
    expect(await groupsOf(cast.admin, 'owner')).toEqual([
      `${rep.id} 2 80`,
      ...[`none 1 20`, `${rep2.id} 1 71`, `${outsider.id} 1 55`].toSorted(),
    ])
    expect(await groupsOf(cast.manager, 'owner')).toEqual([`${rep.id} 2 80`, `${rep2.id} 1 71`])
    expect(await groupsOf(rep, 'owner')).toEqual([`${rep.id} 2 80`])
  })

  it('source and month: of the records that one sees, and no others', async () => {
    expect(await groupsOf(cast.admin, 'source')).toEqual(['website 2 80', 'none 1 20', 'other 1 55', 'phone 1 71'])
    expect(await groupsOf(cast.manager, 'source')).toEqual(['website 2 80', 'phone 1 71'])
    expect(await groupsOf(cast.rep2, 'source')).toEqual(['phone 1 71'])
    expect(await groupsOf(cast.manager, 'month')).toEqual(['2026-01 2 70.5', '2026-02 1 90'])
  })

  it('anything names its groups in the language of the tenant', async () => {
    const titles = async (locale: 'en' | 'zh-CN', by: 'owner' | 'source') => {
      const ctx = contextOf(tables, cast.admin, { clock })
      const { objects } = await readQuality({ ...ctx, tenant: { ...ctx.tenant, locale } }, { by })
      return (objects[0]?.groups ?? []).map(({ title }) => title)
    }
    expect(await titles('zh-CN', 'source')).toEqual(['官网表单', '来源未填', '其他', '电话'])
    expect(await titles('en', 'source')).toEqual(['Website', 'No source', 'Other', 'Phone call'])
    expect(await titles('zh-CN', 'owner')).toEqual(expect.arrayContaining(['rep', '无负责人', 'outsider']))
  })

  it('a field that the role may not see is refused, and tells nothing', async () => {
    const permissions = [{ object: 'customer', create: 'none', read: 'all', update: 'none', delete: 'none' }]
    const hidden = (field: string) => [{ object: 'customer', field, access: 'hidden' }]
    const noSource = await actorWithRole(tables, { permissions, fieldAccess: hidden('source') })
    const noOwner = await actorWithRole(tables, { permissions, fieldAccess: hidden('ownerId') })
    expect(await toldBy(ask(noSource, { by: 'source' }))).toEqual(['validation_failed', '?by invalid_value'])
    expect(await toldBy(ask(noOwner, { by: 'owner' }))).toEqual(['validation_failed', '?by invalid_value'])
    expect(await groupsOf(noOwner, 'month')).toHaveLength(2)
  })
})

describe('a question about quality', () => {
  it.each<[string, QualityQuery, string[]]>([
    ['of no object', { object: 'ghosts' }, ['validation_failed', '?object unknown_object']],
    ['of users', { object: 'users' }, ['validation_failed', '?object unknown_object']],
    [
      'of a period that ends before it begins',
      { from: second, to: first },
      ['validation_failed', '?from invalid_value'],
    ],
    ['of activities by source', { object: 'activities', by: 'source' }, ['validation_failed', '?by invalid_value']],
  ])('%s is refused', async (_what, query, told) => {
    expect(await toldBy(ask(cast.admin, query))).toEqual(told)
  })

  it('of a time ago is answered as it was then', async () => {
    expect(await ask(cast.admin, { to: '2026-03-05T00:00:00.000Z' })).toMatchObject({ at: first, runId: 'run_1' })
    const later = await customersOf(cast.admin, { from: '2026-03-05T00:00:00.000Z' })
    expect(later?.trend.map(({ at }) => at)).toEqual([second])
    expect(await customersOf(cast.admin, { from: '2026-03-09T00:00:00.000Z' })).toMatchObject({
      score: 61.2,
      trend: [],
    })
  })

  it('before the first cleanup has no figures, and the threshold that will be', async () => {
    const ctx = contextOf(tables, cast.admin, { clock })
    const policy = { ...defaultPolicy, quality: { ...defaultPolicy.quality, threshold: 75 } }
    const to = '2025-06-01T00:00:00.000Z'
    expect(await readQuality({ ...ctx, policy }, { to })).toEqual({ threshold: 75, objects: [] })
  })

  it('of an owner whose records are gone has their past only', async () => {
    const summary = summaryOf([{ object: 'customer', owner: cast.rep2.id, score: 70 }])
    await saveSnapshot(systemContext(tables), { runId: 'run_0', at: '2026-02-20T00:00:00.000Z', summary })
    const to = '2026-02-21T00:00:00.000Z'
    expect((await ask(cast.rep, { to })).objects).toEqual([])
    expect((await ask(cast.rep2, { to })).objects).toHaveLength(1)
  })
})

describe('what people found in samples', () => {
  beforeAll(async () => {
    const { rep, rep2, outsider } = cast
    await audited('2026-02', [
      [rep, 'correct'],
      [rep, 'wrong'],
      [rep, 'correct'],
      [rep2, 'wrong'],
      [outsider, 'correct'],
      [outsider, undefined],
    ])
    await audited('2026-03', [[rep2, undefined]])
    await audited('2025-01', [[rep, 'wrong']])
  })

  it.each<['admin' | 'manager' | 'rep' | 'outsider' | 'service' | 'auditor', number, number, number]>([
    ['admin', 5, 2, 0.6],
    ['service', 5, 2, 0.6],
    ['auditor', 5, 2, 0.6],
    ['manager', 4, 2, 0.5],
    ['rep', 3, 1, 0.667],
    ['outsider', 1, 0, 1],
  ])('stands next to the findings, as far as the role sees: %s', async (role, checked, wrong, accuracy) => {
    const { audits } = await ask(cast[role])
    expect(audits).toMatchObject([{ month: '2026-02', checked, wrong, accuracy }])
  })

  it('is that of the months of the period by the tenant’s clocks', async () => {
    const months = async (to: string) =>
      ((await ask(cast.admin, { from: '2026-01-30T00:00:00.000Z', to })).audits ?? []).map(({ month }) => month)
    expect(await months('2026-01-31T15:59:59.999Z')).toEqual([])
    expect(await months('2026-01-31T16:00:00.000Z')).toEqual(['2026-02'])
  })

  it('of people who have left the team is not for its leader', async () => {
    const other = await actorWithRole(tables, {
      permissions: ['customer', 'contact', 'activity'].map(object => {
        return { object, create: 'none', read: 'team', update: 'none', delete: 'none' }
      }),
      teamId: cast.teams.west,
    })
    await saveSnapshot(systemContext(tables), {
      runId: 'run_kept',
      at: '2026-02-21T00:00:00.000Z',
      summary: summaryOf([
        { object: 'customer', owner: cast.rep.id, team: cast.teams.west, score: 50 },
        { object: 'customer', owner: cast.outsider.id, team: cast.teams.west, score: 50 },
      ]),
    })
    const { audits } = await ask(other, { to: '2026-02-22T00:00:00.000Z' })
    expect(audits?.[0]?.owners.map(({ key }) => key)).toEqual([cast.outsider.id])
  })

  it('is told by owner, with names', async () => {
    const { audits } = await ask(cast.manager)
    expect(audits?.[0]?.owners).toEqual([
      { key: cast.rep2.id, title: 'rep2', checked: 1, wrong: 1, accuracy: 0 },
      { key: cast.rep.id, title: 'rep', checked: 3, wrong: 1, accuracy: 0.667 },
    ])
  })

  it('shows nobody more for seeing all of one object and only their own of another', async () => {
    const can = (object: string, read: string) => ({ object, create: 'none', read, update: 'none', delete: 'none' })
    for (const others of [[], [can('contact', 'own'), can('activity', 'all')]]) {
      const permissions = [can('customer', 'all'), ...others]
      expect(await ask(await actorWithRole(tables, { permissions }))).not.toHaveProperty('audits')
    }
  })
})

describe('a snapshot', () => {
  it('of one run is kept once, whenever and with whatever it is saved again', async () => {
    const before = await countItems(tables)
    const again = { runId: 'run_2', at: '2026-03-09T00:00:00.000Z', summary: summaryOf(week(cast, 50)) }
    await Promise.all(Array.from({ length: 3 }, () => saveSnapshot(systemContext(tables), again)))
    expect(await countItems(tables)).toBe(before)
    expect(await ask(cast.admin)).toMatchObject({ at: second })
  })

  it('that was cut off is not shown, and is whole after the next try', async () => {
    const summary = summaryOf(week(cast, 10))
    const at = '2026-03-09T18:00:00.000Z'
    const ctx = killedAt(systemContext(tables), 2)
    await expect(saveSnapshot(ctx, { runId: 'run_3', at, summary })).rejects.toThrow('killed')
    expect(await ask(cast.admin)).toMatchObject({ runId: 'run_2' })
    await saveSnapshot(systemContext(tables), { runId: 'run_3', at, summary })
    expect(await ask(cast.admin)).toMatchObject({ runId: 'run_3', objects: [{ records: 5, score: 57.2 }, {}] })
    expect(await customersOf(cast.rep)).toMatchObject({ records: 2, score: 70 })
  })

  it('is listed for who may see it by its role alone', async () => {
    const list = async (actor: Actor) => {
      const query = { limit: 200 }
      return (await findRecords(contextOf(tables, actor), { object: objectNamed('qualitySnapshot'), query })).items
    }
    expect((await list(cast.admin)).length).toBeGreaterThan(10)
    for (const actor of [cast.rep, cast.manager, cast.auditor])
      await expect(list(actor)).rejects.toMatchObject({ code: 'not_found' })
  })
})

/** An audit of a month, with what its reviewer found in each record; undefined: not looked at yet. */
async function audited(month: string, found: [Actor, 'correct' | 'wrong' | undefined][]): Promise<void> {
  const ctx = systemContext(tables)
  const make = async (object: string, fields: JsonObject) => {
    const definition = objectNamed(object)
    const record = { id: ctx.ids.next(definition.prefix), fields, at: `${month}-28T00:00:00.000Z` }
    await writeRecord(ctx, () => planOnce(ctx, definition, record), {})
    return record.id
  }
  const auditId = await make('audit', { month, state: 'open', perOwner: 3, reviewerId: cast.admin.id })
  for (const [{ id: ownerId }, result] of found)
    await make('auditItem', { auditId, target: 'customer', recordId: ownerId, ownerId, ...(result && { result }) })
}
