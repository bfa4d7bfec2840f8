import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createRecord } from '#lib/records/operations/create-record.ts'
import { getRecord } from '#lib/records/operations/get-record.ts'
import { readHistory } from '#lib/records/operations/read-history.ts'
import { removeRecord } from '#lib/records/operations/remove-record.ts'
import { restoreRecord } from '#lib/records/operations/restore-record.ts'
import { updateRecord } from '#lib/records/operations/update-record.ts'
import {
  type Cast,
  contextOf,
  handClock,
  objectNamed,
  refusalOf,
  seedCast,
  startTables,
  type Tables,
  toldBy,
} from '../../../../support/table.ts'

const customer = objectNamed('customer')
const contact = objectNamed('contact')

let tables: Tables
let cast: Cast
let id: string
beforeAll(async () => {
  tables = await startTables()
  cast = await seedCast(tables)
  const input = {
    name: '华星',
    taxId: '91110108MA01ABCD2X',
    emails: [{ value: 'li.na@example.cn' }],
    phones: [{ value: '13912077502', label: '手机' }],
    address: { country: 'CN', province: '北京市', city: '北京', street: '中关村大街 1 号' },
  }
  id = (await createRecord(contextOf(tables, cast.rep), { object: customer, input })).id
})
afterAll(() => tables.stop())

const asRep = () => contextOf(tables, cast.rep)
const asAdmin = () => contextOf(tables, cast.admin)

describe('getRecord', () => {
  it('takes one read', async () => {
    const ctx = asRep()
    await getRecord(ctx, { object: customer, id })
    expect(ctx.store.meter).toMatchObject({ calls: 1, writeUnits: 0 })
    expect(ctx.store.meter.readUnits).toBeGreaterThan(0)
  })

  it.each([
    ['another object’s id', 'cont_01h455vb4pex5vsknk084sn02q'],
    ['an id that nobody has', 'cust_01h455vb4pex5vsknk084sn02q'],
    ['no id', ''],
    ['a path', '../role'],
    ['3,000 characters', `cust_${'x'.repeat(3000)}`],
    ['an id in capitals', 'CUST_01H455VB4PEX5VSKNK084SN02Q'],
  ])('%s is not found', async (_what, strange) => {
    expect(await toldBy(getRecord(asAdmin(), { object: customer, id: strange }))).toEqual(['not_found'])
  })

  it('a record of another object is not found under this one', async () => {
    expect(await toldBy(getRecord(asAdmin(), { object: contact, id }))).toEqual(['not_found'])
  })

  it('a forbidden record is answered exactly as a missing one', async () => {
    const missing = 'cust_01h455vb4pex5vsknk084sn02q'
    const ctx = contextOf(tables, cast.outsider)
    const forbidden = await refusalOf(getRecord(ctx, { object: customer, id }))
    const unknown = await refusalOf(getRecord(ctx, { object: customer, id: missing }))
    expect(forbidden.message.replace(id, '?')).toBe(unknown.message.replace(missing, '?'))
    expect([forbidden.code, forbidden.members]).toEqual([unknown.code, unknown.members])
  })

  it('shows the fields asked for, and always id, object and version', async () => {
    const { record } = await getRecord(asRep(), { object: customer, id, fields: ['name', 'updatedAt'] })
    expect(Object.keys(record).toSorted()).toEqual(['id', 'name', 'object', 'updatedAt', 'version'])
  })

  it.each(['colour', 'constructor', '__proto__', ''])('refuses to show the unknown field %j', async field => {
    expect(await toldBy(getRecord(asRep(), { object: customer, id, fields: ['name', field] }))).toEqual([
      'unknown_field',
      '?fields unknown_field',
    ])
  })

  it('masks personal data from the auditor', async () => {
    const { record } = await getRecord(contextOf(tables, cast.auditor), { object: customer, id })
    expect(record).toMatchObject({
      name: '华星',
      emails: [{ value: 'l***@example.cn' }],
      phones: [{ value: '+86139****7502', label: '手机' }],
      address: { country: 'CN', province: '北京市', city: '北京', street: '***' },
    })
    expect(JSON.stringify(record)).not.toMatch(/li\.na|13912077502|中关村/)
  })

  it('hides the tax id from customer service, asked for or not', async () => {
    const ctx = contextOf(tables, cast.service)
    const whole = await getRecord(ctx, { object: customer, id })
    const asked = await getRecord(ctx, { object: customer, id, fields: ['taxId'] })
    expect([whole.record, asked.record].map(record => 'taxId' in record)).toEqual([false, false])
  })
})

describe('asOf', () => {
  it('shows each state of a record at its time', async () => {
    const clock = handClock('2026-01-01T00:00:00.000Z')
    const ctx = () => contextOf(tables, cast.admin, { clock })
    const made = await createRecord(ctx(), { object: customer, input: { name: 'one', tier: 'A' } })
    clock.advance(60_000)
    await updateRecord(ctx(), { object: customer, id: made.id, patch: { name: 'two', tier: null } })
    clock.advance(60_000)
    await removeRecord(ctx(), { object: customer, id: made.id })
    clock.advance(60_000)
    await restoreRecord(ctx(), { object: customer, id: made.id })
    const at = async (asOf: string) => {
      const { record } = await getRecord(ctx(), { object: customer, id: made.id, asOf })
      return [record['version'], record['name'], record['tier']]
    }
    expect(await at('2026-01-01T00:00:00Z')).toEqual([1, 'one', 'A'])
    expect(await at('2026-01-01T08:00:59.999+08:00')).toEqual([1, 'one', 'A'])
    expect(await at('2026-01-01T00:01:00Z')).toEqual([2, 'two', undefined])
    expect(await at('2026-01-01T00:03:00Z')).toEqual([4, 'two', undefined])
    expect(await at('2999-01-01T00:00:00Z')).toEqual([4, 'two', undefined])
    expect(await toldBy(at('2025-12-31T23:59:59.999Z'))).toEqual(['not_found'])
    expect(await toldBy(at('2026-01-01T00:02:30Z'))).toEqual(['not_found'])
  })

  it('a record in the bin now can be seen as it was', async () => {
    const made = await createRecord(asAdmin(), { object: customer, input: { name: 'gone' } })
    const asOf = String(made.record['createdAt'])
    await removeRecord(asAdmin(), { object: customer, id: made.id })
    const { record } = await getRecord(asAdmin(), { object: customer, id: made.id, asOf })
    expect(record).toMatchObject({ name: 'gone', version: 1 })
    expect(record).not.toHaveProperty('deletedAt')
  })

  it.each(['yesterday', '2026-01-01', '2026-02-30T00:00:00Z', '2026-01-01T00:00:00', ''])(
    'refuses the time %j',
    async asOf => {
      expect(await toldBy(getRecord(asAdmin(), { object: customer, id, asOf }))).toEqual([
        'validation_failed',
        '?asOf invalid_time',
      ])
    },
  )

  it('hides and masks as it does now', async () => {
    const { record } = await getRecord(contextOf(tables, cast.auditor), {
      object: customer,
      id,
      asOf: '2999-01-01T00:00:00Z',
    })
    expect(JSON.stringify(record)).not.toContain('13912077502')
  })
})

describe('readHistory', () => {
  it('lists changes newest first: who, when, by which request, old and new', async () => {
    const clock = handClock('2026-02-01T00:00:00.000Z')
    const ctx = (requestId: string) => contextOf(tables, cast.admin, { clock, requestId, source: 'api' })
    const made = await createRecord(ctx('q1'), { object: customer, input: { name: 'one' } })
    clock.advance(1000)
    await updateRecord(ctx('q2'), { object: customer, id: made.id, patch: { name: 'two', lifecycleStage: null } })
    const { items, nextCursor } = await readHistory(ctx('q3'), { object: customer, id: made.id, limit: 10 })
    expect(nextCursor).toBeUndefined()
    expect(items[0]).toEqual({
      version: 2,
      action: 'updated',
      actorId: cast.admin.id,
      at: '2026-02-01T00:00:01.000Z',
      requestId: 'q2',
      source: 'api',
      changes: { name: { old: 'one', new: 'two' }, lifecycleStage: { old: 'lead', new: null } },
    })
    expect(items[1]).toMatchObject({ version: 1, action: 'created', requestId: 'q1' })
    expect(items[1]?.['changes']).toMatchObject({ name: { old: null, new: 'one' } })
  })

  it('pages of any size show every change once', async () => {
    const made = await createRecord(asAdmin(), { object: customer, input: { name: '0' } })
    for (let i = 1; i <= 12; i++)
      await updateRecord(asAdmin(), { object: customer, id: made.id, patch: { name: `${i}` } })
    const versions: unknown[] = []
    let cursor: string | undefined
    do {
      const page = await readHistory(asAdmin(), { object: customer, id: made.id, limit: 5, cursor })
      versions.push(...page.items.map(item => item['version']))
      cursor = page.nextCursor
    } while (cursor !== undefined)
    expect(versions).toEqual(Array.from({ length: 13 }, (_, i) => 13 - i))
  })

  it('says of a hidden field nothing, of a masked one no value', async () => {
    await updateRecord(asRep(), {
      object: customer,
      id,
      patch: { phones: [{ value: '13800138000' }], taxId: 'NEWTAX1' },
    })
    const hidden = await readHistory(contextOf(tables, cast.service), { object: customer, id, limit: 50 })
    const masked = await readHistory(contextOf(tables, cast.auditor), { object: customer, id, limit: 50 })
    expect(JSON.stringify(hidden.items)).not.toMatch(/taxId|NEWTAX1|91110108/)
    expect(JSON.stringify(masked.items)).not.toMatch(/13800138000|13912077502|li\.na|中关村/)
    expect(JSON.stringify(masked.items)).toContain('+86138****8000')
  })

  it('is not shown of a record that the actor may not see', async () => {
    expect(await toldBy(readHistory(contextOf(tables, cast.outsider), { object: customer, id, limit: 5 }))).toEqual([
      'not_found',
    ])
  })

  it.each(['x', 'e30', Buffer.from('{"q":"x","p":{"v":"1"}}').toString('base64url')])(
    'the forged cursor %s is refused',
    async cursor => {
      expect(await toldBy(readHistory(asRep(), { object: customer, id, limit: 5, cursor }))).toEqual([
        'invalid_cursor',
        '?cursor invalid_cursor',
      ])
    },
  )
})
