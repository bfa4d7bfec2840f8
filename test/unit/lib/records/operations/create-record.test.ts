import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createRecord } from '#lib/records/operations/create-record.ts'
import { getRecord } from '#lib/records/operations/get-record.ts'
import { removeRecord } from '#lib/records/operations/remove-record.ts'
import { updateRecord } from '#lib/records/operations/update-record.ts'
import {
  actorWithRole,
  type Cast,
  contextOf,
  countItems,
  endsOf,
  handClock,
  objectNamed,
  refusalOf,
  seedCast,
  startTables,
  systemContext,
  type Tables,
  toldBy,
} from '../../../../support/table.ts'

const customer = objectNamed('customer')
const contact = objectNamed('contact')
const activity = objectNamed('activity')
const user = objectNamed('user')

let tables: Tables
let cast: Cast
beforeAll(async () => {
  tables = await startTables()
  cast = await seedCast(tables)
})
afterAll(() => tables.stop())

const asRep = () => contextOf(tables, cast.rep)
const asAdmin = () => contextOf(tables, cast.admin)

describe('createRecord', () => {
  it('makes a record at version 1, owned by its maker and in the maker’s team, with the defaults', async () => {
    const clock = handClock('2026-03-31T01:02:03.004Z')
    const ctx = contextOf(tables, cast.rep, { clock })
    const { record, id, version, outcome, replayed } = await createRecord(ctx, {
      object: customer,
      input: { name: '华星' },
    })
    expect({ version, outcome, replayed }).toEqual({ version: 1, outcome: 'created', replayed: false })
    expect(record).toEqual({
      id,
      object: 'customer',
      version: 1,
      name: '华星',
      kind: 'company',
      lifecycleStage: 'lead',
      ownerId: cast.rep.id,
      teamId: cast.teams.east,
      createdAt: '2026-03-31T01:02:03.004Z',
      createdBy: cast.rep.id,
      updatedAt: '2026-03-31T01:02:03.004Z',
      updatedBy: cast.rep.id,
      // A name and an owner are not much.
      quality: { score: 70, issues: Array(6).fill(expect.objectContaining({ rule: 'completeness' })) },
    })
  })

  it('reads back equal, byte for byte', async () => {
    const input = {
      name: 'A',
      phones: [{ label: '总机', value: '010-62345678转801' }],
      emails: [{ status: 'valid', value: 'a@b.cn' }],
      address: { street: '1', city: '北京', country: 'CN' },
      externalIds: [{ id: '7', system: 'readback' }],
      tags: ['b', 'a'],
    }
    const { record, id } = await createRecord(asRep(), { object: customer, input })
    const read = await getRecord(asRep(), { object: customer, id })
    expect(JSON.stringify(read.record)).toBe(JSON.stringify(record))
  })

  it('takes one call to the table, and meters what it cost', async () => {
    const ctx = asRep()
    await createRecord(ctx, { object: customer, input: { name: 'One call' } })
    expect(ctx.store.meter.calls).toBe(1)
    expect(ctx.store.meter.writeUnits).toBeGreaterThan(0)
  })

  it('a record given to another owner is in that owner’s team', async () => {
    const { record } = await createRecord(asAdmin(), {
      object: customer,
      input: { name: 'x', ownerId: cast.outsider.id },
    })
    expect(record).toMatchObject({ ownerId: cast.outsider.id, teamId: cast.teams.west })
  })

  it('a team that is given stays', async () => {
    const input = { name: 'x', ownerId: cast.rep.id, teamId: cast.teams.west }
    const { record } = await createRecord(asAdmin(), { object: customer, input })
    expect(record).toMatchObject({ teamId: cast.teams.west })
  })

  it.each<[string, object, string[]]>([
    ['nothing', {}, ['validation_failed', '/name required']],
    ['a blank name', { name: ' ' }, ['validation_failed', '/name required']],
    ['a null name', { name: null }, ['validation_failed', '/name required']],
    ['an id of its own', { name: 'x', id: 'cust_1' }, ['field_read_only', '/id field_read_only']],
    ['a field that the role may only read', { name: 'x', tier: 'A' }, ['field_read_only', '/tier field_read_only']],
    ['an unknown field', { name: 'x', colour: 'red' }, ['unknown_field', '/colour unknown_field']],
  ])('refuses %s', async (_what, input, told) => {
    expect(await toldBy(createRecord(asRep(), { object: customer, input }))).toEqual(told)
  })

  it('refuses an owner whom the role does not reach', async () => {
    const input = { name: 'x', ownerId: cast.outsider.id }
    expect(await toldBy(createRecord(asRep(), { object: customer, input }))).toEqual([
      'validation_failed',
      '/ownerId invalid_owner',
    ])
  })

  it('answers as if there were no such object where the role does not reach it', async () => {
    const { code } = await refusalOf(createRecord(contextOf(tables, cast.auditor), { object: customer, input: {} }))
    expect(code).toBe('not_found')
  })
})

describe('references', () => {
  it('must exist', async () => {
    const input = { name: 'x', customerId: 'cust_01h455vb4pex5vsknk084sn02q' }
    expect(await toldBy(createRecord(asRep(), { object: contact, input }))).toEqual([
      'validation_failed',
      '/customerId invalid_reference',
    ])
  })

  it('must be seen by the actor', async () => {
    const { id } = await createRecord(contextOf(tables, cast.outsider), { object: customer, input: { name: 'x' } })
    expect(await toldBy(createRecord(asRep(), { object: contact, input: { name: 'x', customerId: id } }))).toEqual([
      'validation_failed',
      '/customerId invalid_reference',
    ])
  })

  it('must not be deleted', async () => {
    const { id } = await createRecord(asAdmin(), { object: customer, input: { name: 'x' } })
    await removeRecord(asAdmin(), { object: customer, id })
    expect(await toldBy(createRecord(asAdmin(), { object: contact, input: { name: 'x', customerId: id } }))).toEqual([
      'validation_failed',
      '/customerId invalid_reference',
    ])
  })

  it('a user who has left cannot be made an owner', async () => {
    const gone = await actorWithRole(tables, {
      permissions: [{ object: 'customer', create: 'all', read: 'all', update: 'all', delete: 'all' }],
    })
    await updateRecord(asAdmin(), { object: user, id: gone.id, patch: { status: 'disabled' } })
    const input = { name: 'x', ownerId: gone.id }
    const { errors } = await refusalOf(createRecord(asAdmin(), { object: customer, input }))
    expect(errors).toMatchObject([{ pointer: '/ownerId', code: 'invalid_reference' }])
    expect(errors[0]?.detail).toContain('has left')
  })

  it('each one that leads nowhere is told', async () => {
    const input = {
      type: 'call',
      subject: 'x',
      customerId: 'cust_01h455vb4pex5vsknk084sn02q',
      contactId: 'cont_01h455vb4pex5vsknk084sn02q',
    }
    expect(await toldBy(createRecord(asRep(), { object: activity, input }))).toEqual([
      'validation_failed',
      '/customerId invalid_reference',
      '/contactId invalid_reference',
    ])
  })
})

describe('unique values', () => {
  it('a second record with the value is refused, and told which one has it', async () => {
    const first = await createRecord(asRep(), { object: customer, input: { name: 'x', taxId: 'UNIQUE-1' } })
    const error = await refusalOf(
      createRecord(asAdmin(), { object: customer, input: { name: 'y', taxId: 'unique-1' } }),
    )
    expect([error.code, error.members['existingId'], error.errors[0]?.pointer]).toEqual([
      'unique_violation',
      first.id,
      '/taxId',
    ])
  })

  it('a holder that the actor may not see is not named', async () => {
    const { id } = await createRecord(contextOf(tables, cast.outsider), {
      object: customer,
      input: { name: 'x', taxId: 'UNIQUE-2' },
    })
    const error = await refusalOf(createRecord(asRep(), { object: customer, input: { name: 'y', taxId: 'UNIQUE-2' } }))
    expect(error.members).toEqual({})
    expect(error.message).not.toContain(id)
  })

  it('of 20 at once, one is made', async () => {
    const input = { name: 'x', taxId: 'UNIQUE-3' }
    const writes = Array.from({ length: 20 }, () => createRecord(asAdmin(), { object: customer, input }))
    expect(await endsOf(writes)).toEqual(['created', ...Array.from({ length: 19 }, () => 'unique_violation')])
  })
})

describe('dry run', () => {
  it('answers as the real one would, and writes nothing', async () => {
    const before = await countItems(tables)
    const { record, outcome } = await createRecord(asRep(), { object: customer, input: { name: 'Dry' }, dryRun: true })
    expect([outcome, record['name'], record['version']]).toEqual(['created', 'Dry', 1])
    expect(await countItems(tables)).toBe(before)
  })

  it('refuses what the real one would refuse: a value that is taken', async () => {
    await createRecord(asRep(), { object: customer, input: { name: 'x', taxId: 'DRY-1' } })
    const request = { object: customer, input: { name: 'y', taxId: 'DRY-1' }, dryRun: true }
    expect(await toldBy(createRecord(asRep(), request))).toEqual(['unique_violation', '/taxId unique_violation'])
  })
})

describe('a system’s own context', () => {
  it('makes records that belong to the system', async () => {
    const { record } = await createRecord(systemContext(tables), { object: customer, input: { name: 'x' } })
    expect(record).toMatchObject({ ownerId: 'system', createdBy: 'system' })
  })
})
