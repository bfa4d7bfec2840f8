import { afterAll, beforeAll, expect, it } from 'vitest'
import { createRecord } from '#lib/records/operations/create-record.ts'
import { removeRecord } from '#lib/records/operations/remove-record.ts'
import { updateRecord } from '#lib/records/operations/update-record.ts'
import { readMatches } from '#lib/store/match.ts'
import { contact } from '#schemas/objects/contact.ts'
import { startTables, systemContext, type Tables } from '../../../support/table.ts'

let tables: Tables

beforeAll(async () => {
  tables = await startTables()
})
afterAll(() => tables.stop())

it('records that share a match key are found by it, in any spelling, until they change or go', async () => {
  const ctx = systemContext(tables)
  const sharing = (value: string, limit = 10) => readMatches(ctx.store, 'contact', { kind: 'person', value }, limit)
  const [first, second] = [
    await createRecord(ctx, { object: contact, input: { name: '李媛辉' } }),
    await createRecord(ctx, { object: contact, input: { name: '媛輝 李' } }),
  ]
  const both = [first.id, second.id].sort()
  expect([await sharing('媛李辉'), await sharing('媛李辉', 1), await sharing('王强')]).toEqual([
    both,
    both.slice(0, 1),
    [],
  ])
  await updateRecord(ctx, { object: contact, id: first.id, patch: { name: '王强' } })
  expect([await sharing('媛李辉'), await sharing('强王')]).toEqual([[second.id], [first.id]])
  await removeRecord(ctx, { object: contact, id: second.id })
  expect(await sharing('媛李辉')).toEqual([])
})
