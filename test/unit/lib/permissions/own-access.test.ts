import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { removeRecord } from '#lib/records/operations/remove-record.ts'
import { updateRecord } from '#lib/records/operations/update-record.ts'
import {
  type Cast,
  contextOf,
  objectNamed,
  seedCast,
  startTables,
  type Tables,
  toldBy,
} from '../../../support/table.ts'

const user = objectNamed('user')
const role = objectNamed('role')

let tables: Tables
let cast: Cast
beforeAll(async () => {
  tables = await startTables()
  cast = await seedCast(tables)
})
afterAll(() => tables.stop())

const asAdmin = () => contextOf(tables, cast.admin)

describe('own access', () => {
  it.each(['roleId', 'teamId', 'status', 'clientId'])('nobody changes their own %s, an admin neither', async field => {
    const values: Record<string, string> = {
      roleId: cast.roles['rep'] ?? '',
      teamId: cast.teams.west,
      status: 'disabled',
      clientId: 'client-9',
    }
    const patch = { [field]: values[field] ?? '' }
    expect(await toldBy(updateRecord(asAdmin(), { object: user, id: cast.admin.id, patch }))).toEqual([
      'field_read_only',
      `/${field} field_read_only`,
    ])
  })

  it('a dry run says so too', async () => {
    const request = { object: user, id: cast.admin.id, patch: { roleId: cast.roles['rep'] ?? '' }, dryRun: true }
    expect(await toldBy(updateRecord(asAdmin(), request))).toEqual(['field_read_only', '/roleId field_read_only'])
  })

  it('nobody changes the role they hold', async () => {
    const request = { object: role, id: cast.admin.roleId, patch: { description: 'x' } }
    expect(await toldBy(updateRecord(asAdmin(), request))).toEqual(['field_read_only', '/description field_read_only'])
  })

  it('nobody deletes themselves', async () => {
    expect(await toldBy(removeRecord(asAdmin(), { object: user, id: cast.admin.id }))).toEqual([
      'field_read_only',
      ' field_read_only',
    ])
  })

  it('an admin may change their own name, and another’s role', async () => {
    const own = await updateRecord(asAdmin(), { object: user, id: cast.admin.id, patch: { name: 'Root' } })
    const patch = { roleId: cast.roles['manager'] ?? '' }
    const other = await updateRecord(asAdmin(), { object: user, id: cast.rep2.id, patch })
    expect([own.outcome, other.outcome]).toEqual(['updated', 'updated'])
  })
})
