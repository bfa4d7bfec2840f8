import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Actor } from '#lib/permissions/actor.ts'
import { createRecord } from '#lib/records/operations/create-record.ts'
import { findRecords } from '#lib/records/operations/find-records.ts'
import { getRecord } from '#lib/records/operations/get-record.ts'
import { readHistory } from '#lib/records/operations/read-history.ts'
import { readTimeline } from '#lib/records/operations/read-timeline.ts'
import { revertRecord } from '#lib/records/operations/revert-record.ts'
import { runBatch } from '#lib/records/operations/run-batch.ts'
import { updateRecord } from '#lib/records/operations/update-record.ts'
import { planOnce } from '#lib/records/plan-once.ts'
import { writeRecord } from '#lib/records/write.ts'
import { searchRecords } from '#lib/search/search-records.ts'
import { updateSearchIndex } from '#lib/search/update-index.ts'
import { createStore } from '#lib/store/table.ts'
import type { ObjectDefinition } from '#schemas/definition.ts'
import type { Json, JsonObject } from '#schemas/json.ts'
import { standardObjects } from '#schemas/registry.ts'
import { seedRoles } from '#schemas/seeds/roles.ts'
import {
  type Cast,
  contextOf,
  objectNamed,
  seedCast,
  startTables,
  systemContext,
  type Tables,
  toldBy,
} from '../../../support/table.ts'

/** Each restricted field of each seeded role, and the same fields under every other access. */
const places = [
  ...new Set(seedRoles.flatMap(role => (role.fieldAccess ?? []).map(each => `${each.object}.${each.field}`))),
]
const accesses = ['hidden', 'masked', 'readOnly', 'editable'] as const
const rows = places.flatMap(place => accesses.map(access => [place, access] as const))

type Sample = { value: Json; secret: string; other: Json; filter: string }

/** A value for each such field, the secret part of it, another value, and how to filter by it. */
const samples: Record<string, (n: number) => Sample> = {
  tier: () => ({ value: 'A', secret: '"A"', other: 'B', filter: 'record.tier == "A"' }),
  taxId: n => ({
    value: `SECRETTAX${n}`,
    secret: `SECRETTAX${n}`,
    other: `OTHERTAX${n}`,
    filter: `record.taxId == "SECRETTAX${n}"`,
  }),
  emails: n => ({
    value: [{ value: `secretmail${n}@corp.cn` }],
    secret: `secretmail${n}`,
    other: [{ value: 'other@corp.cn' }],
    filter: `record.emails.exists(e, e.value == "secretmail${n}@corp.cn")`,
  }),
  phones: n => ({
    value: [{ value: `1391207${1000 + n}` }],
    secret: `1391207${1000 + n}`,
    other: [{ value: '13800138000' }],
    filter: `record.phones.exists(p, p.value == "+861391207${1000 + n}")`,
  }),
  address: () => ({
    value: { city: '北京', street: '秘密街1号' },
    secret: '秘密街',
    other: { city: '上海' },
    filter: 'record.address.street == "秘密街1号"',
  }),
  birthday: () => ({
    value: '1985-06-07',
    secret: '06-07',
    other: '1990-01-01',
    filter: 'record.birthday < "1986-01-01"',
  }),
  handles: () => ({
    value: [{ service: 'wechat', value: 'secrethandle' }],
    secret: 'secrethandle',
    other: [{ service: 'qq', value: 'other' }],
    filter: 'record.handles.exists(h, h.value == "secrethandle")',
  }),
  sourceIp: n => ({
    value: `203.0.113.${n}`,
    secret: `203.0.113.${n}`,
    other: '198.51.100.1',
    filter: `record.sourceIp == "203.0.113.${n}"`,
  }),
}

/** What a record must have besides the field. */
const rest: Record<string, JsonObject> = { accessAlert: { kind: 'leaver', title: 'named' } }
/** Records of some objects are made by the system alone. */
const writtenRows = rows.filter(([place]) => !objectNamed(place.split('.')[0] ?? '').readOnly)

let tables: Tables
let cast: Cast
beforeAll(async () => {
  tables = await startTables()
  cast = await seedCast(tables)
})
afterAll(() => tables.stop())

const as = (actor: Actor) => contextOf(tables, actor)

let counter = 0

/** A record with a value in the field, and an admin whose role is restricted in that field alone. */
async function stage(place: string, access: (typeof accesses)[number]) {
  const [objectName = '', field = ''] = place.split('.')
  const object = objectNamed(objectName)
  const actor = { ...cast.admin, role: { ...cast.admin.role, fields: new Map([[place, access]]) } }
  const sample = samples[field]?.(counter++)
  if (!sample) throw new Error(`No sample of ${field}`)
  const input = { ...(rest[objectName] ?? { name: 'named' }), [field]: sample.value }
  const { id } = await (object.readOnly ? keep(object, input) : createRecord(systemContext(tables), { object, input }))
  return { object, field, actor, id, sample }
}

/** As the product itself keeps records that nobody else may make. */
async function keep(object: ObjectDefinition, fields: JsonObject) {
  const ctx = systemContext(tables)
  const id = ctx.ids.next(object.prefix)
  await writeRecord(ctx, () => planOnce(ctx, object, { id, fields, at: ctx.clock.now().toISOString() }), {})
  return { id }
}

describe.each(rows)('%s, %s', (place, access) => {
  const isShown = access === 'readOnly' || access === 'editable'

  it('is read, listed, told in history and timeline, filtered by and searched as the role says', async () => {
    const { object, field, actor, id, sample } = await stage(place, access)
    const ctx = () => as(actor)
    const texts = [
      (await getRecord(ctx(), { object, id })).record[field],
      (await getRecord(ctx(), { object, id, fields: [field] })).record[field],
      (await getRecord(ctx(), { object, id, asOf: '2999-01-01T00:00:00Z' })).record[field],
      (await findRecords(ctx(), { object, query: { limit: 200 } })).items.find(item => item['id'] === id)?.[field],
      (await readHistory(ctx(), { object, id, limit: 5 })).items.map(item => (item['changes'] as JsonObject)[field]),
      (await readTimeline(ctx(), { object, id, limit: 5 })).items.map(
        item => ((item['change'] as JsonObject)['changes'] as JsonObject)[field],
      ),
      (await runBatch(ctx(), { object, atomic: false, operations: [{ op: 'get', id }] })).map(
        each => 'record' in each && each.record[field],
      ),
    ].map(value => JSON.stringify(value) ?? '')
    expect(texts.map(text => text.includes(sample.secret))).toEqual(texts.map(() => isShown))

    const filtered = findRecords(ctx(), { object, query: { limit: 200, filter: sample.filter } })
    const ends = await filtered.then(page => page.items.some(item => item['id'] === id)).catch(error => error.code)
    expect(ends).toBe({ true: true, false: 'invalid_filter' }[String(isShown)])

    const searchStore = createStore(tables.search)
    const { store, clock } = ctx()
    await updateSearchIndex({ store, searchStore, objects: standardObjects, clock }, [id])
    const { items } = await searchRecords(ctx(), searchStore, { q: sample.secret, limit: 20 })
    const isSearched = ['emails', 'phones'].includes(field)
    expect(items.some(item => item.id === id)).toBe(isShown && isSearched)
  })
})

describe.each(writtenRows)('%s, %s', (place, access) => {
  const isWritable = access === 'editable'

  it('is written by create, update, revert and batch as the role says', async () => {
    const { object, field, actor, id, sample } = await stage(place, access)
    const told = (work: Promise<unknown>) => work.then(() => ['written']).catch(() => toldBy(work))
    const refusal = (pointer: string) =>
      ({ true: ['written'], false: ['field_read_only', `${pointer} field_read_only`] })[String(isWritable)]
    const patch = { [field]: sample.other }
    expect(
      await told(createRecord(as(actor), { object, input: { name: 'new', [field]: sample.other }, dryRun: true })),
    ).toEqual(refusal(`/${field}`))
    const atomic = runBatch(as(actor), { object, atomic: true, operations: [{ op: 'update', id, patch }] })
    expect(await told(atomic)).toEqual(refusal(`/operations/0/${field}`))
    expect(await told(updateRecord(as(actor), { object, id, patch: { [field]: null } }))).toEqual(refusal(`/${field}`))
    await updateRecord(systemContext(tables), { object, id, patch: { [field]: null } })
    expect(await told(revertRecord(as(actor), { object, id, toVersion: 1 }))).toEqual(refusal(`/${field}`))
  })
})
