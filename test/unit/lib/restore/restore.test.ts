import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { CatalogueEntry } from '#lib/backup/catalogue.ts'
import { createRecord } from '#lib/records/operations/create-record.ts'
import { readHistory } from '#lib/records/operations/read-history.ts'
import { removeRecord } from '#lib/records/operations/remove-record.ts'
import { updateRecord } from '#lib/records/operations/update-record.ts'
import { planFirst } from '#lib/records/plan-once.ts'
import { writeRecord } from '#lib/records/write.ts'
import type { RestoreTools } from '#lib/restore/restore-steps.ts'
import { startRestore } from '#lib/restore/start-restore.ts'
import { itemsOf } from '#lib/restore/sum-up.ts'
import type { Context } from '#lib/runtime/context.ts'
import { typeIds } from '#lib/runtime/ids.ts'
import type { StoredRecord } from '#lib/store/items.ts'
import { purgeRecord } from '#lib/store/purge.ts'
import { readRecord } from '#lib/store/read.ts'
import type { RestoreItem } from '#schemas/api/restores.ts'
import type { JsonObject } from '#schemas/json.ts'
import { backup } from '#schemas/system/backup.ts'
import { memoryFiles } from '../../../support/memory-files.ts'
import {
  type Cast,
  contextOf,
  objectNamed,
  refusalOf,
  seedCast,
  startTables,
  systemContext,
  type Tables,
} from '../../../support/table.ts'
import { backUpChanges, backUpTable, scanAll } from '../../../support/table-backup.ts'
import { type ScratchVault, startVault } from '../../../support/vault.ts'

let tables: Tables
let scratch: ScratchVault
let cast: Cast

beforeAll(async () => {
  scratch = await startVault()
  tables = await startTables()
  cast = await seedCast(tables)
})
afterAll(async () => {
  await tables.stop()
  await scratch.stop()
})

const files = memoryFiles()
const tools = (): RestoreTools & { workflow: string } => ({ ...scratch, files, workflow: 'none' })
const admin = (more: Partial<Context> = {}) => contextOf(tables, cast.admin, more)
const make = async (name: string, input: JsonObject) =>
  (await createRecord(admin(), { object: objectNamed(name), input })).id
const change = (name: string, id: string, patch: JsonObject) =>
  updateRecord(admin(), { object: objectNamed(name), id, patch })
const remove = (name: string, id: string) => removeRecord(admin(), { object: objectNamed(name), id })
const now = (id: string) => readRecord(admin().store, id)

/** Deletes a record as the recycle bin does when its time is over. */
async function purge(name: string, id: string): Promise<void> {
  await remove(name, id)
  const record = (await now(id)) as StoredRecord
  expect(await purgeRecord(admin().store, record)).toBe(true)
}

let minute = 0

/** A backup of all there is, known to the API. */
async function backUp(): Promise<CatalogueEntry> {
  const id = typeIds.next('bkp')
  const cutOffAt = new Date(Date.UTC(2026, 0, 1, 0, minute++)).toISOString()
  await register(id)
  return backUpTable(scratch, tables, { id, cutOffAt })
}

async function register(id: string, state = 'unproven'): Promise<void> {
  const plan = planFirst(systemContext(tables), backup, { id, fields: { state }, at: '2026-01-01T00:00:00.000Z' })
  await writeRecord(systemContext(tables), async () => plan, {})
}

async function restore(backupId: string, ids: string[], options: { dryRun?: boolean; ctx?: Context } = {}) {
  const { dryRun = false, ctx = admin() } = options
  const run = await startRestore(ctx, tools(), { backupId, ids, dryRun })
  const items: RestoreItem[] = []
  for await (const item of itemsOf(files, run.id)) items.push(item)
  return { run, items, actions: items.map(({ action, problem }) => problem?.code ?? action) }
}

describe('a record that was changed since', () => {
  it('is shown field by field by a dry run, which writes nothing', async () => {
    const id = await make('customer', { name: 'Alt GmbH', website: 'https://alt.example' })
    const { id: backupId } = await backUp()
    await change('customer', id, { name: 'Neu GmbH', industry: 'retail' })
    const { run, items } = await restore(backupId, [id], { dryRun: true })
    expect(run.fields).toMatchObject({ kind: 'restore', dryRun: true, state: 'succeeded' })
    expect(items).toEqual([
      {
        id,
        object: 'customer',
        action: 'changed',
        version: 2,
        changes: { name: { old: 'Neu GmbH', new: 'Alt GmbH' }, industry: { old: 'retail', new: null } },
      },
    ])
    expect(await now(id)).toMatchObject({ version: 2, fields: { name: 'Neu GmbH' } })
  })

  it('gets its values of then as a new version that names the backup, its history stays', async () => {
    const id = await make('customer', { name: 'Alt GmbH' })
    const { id: backupId } = await backUp()
    await change('customer', id, { name: 'Neu GmbH' })
    const { run, actions } = await restore(backupId, [id])
    expect(actions).toEqual(['changed'])
    expect(run.fields['report']).toMatchObject({ backupId, counts: { records: 1, changed: 1, conflict: 0 } })
    expect(await now(id)).toMatchObject({ version: 3, fields: { name: 'Alt GmbH' } })
    const { items } = await readHistory(admin(), { object: objectNamed('customer'), id, limit: 10 })
    expect(items.map(({ version, source, action }) => `${version} ${source} ${action}`)).toEqual([
      `3 restore/${backupId} reverted`,
      '2 test updated',
      '1 test created',
    ])
  })

  it('is unchanged once it has been restored', async () => {
    const id = await make('customer', { name: 'Alt GmbH' })
    const { id: backupId } = await backUp()
    await change('customer', id, { name: 'Neu GmbH' })
    await restore(backupId, [id])
    expect((await restore(backupId, [id])).actions).toEqual(['unchanged'])
    expect((await now(id))?.version).toBe(3)
  })
})

describe('a record that was deleted since', () => {
  it('comes out of the recycle bin with its values of then', async () => {
    const id = await make('customer', { name: 'Alt GmbH' })
    const { id: backupId } = await backUp()
    await change('customer', id, { name: 'Neu GmbH' })
    await remove('customer', id)
    expect((await restore(backupId, [id])).actions).toEqual(['undeleted'])
    const record = await now(id)
    expect(record).toMatchObject({ version: 4, fields: { name: 'Alt GmbH' } })
    expect(record?.deletedAt).toBeUndefined()
  })

  it('is there again with its history even when it was deleted for good', async () => {
    const id = await make('customer', { name: 'Alt GmbH' })
    await change('customer', id, { name: 'Ältere GmbH' })
    const { id: backupId } = await backUp()
    await purge('customer', id)
    expect(await now(id)).toBeUndefined()
    expect((await restore(backupId, [id], { dryRun: true })).actions).toEqual(['created'])
    expect(await now(id)).toBeUndefined()
    expect((await restore(backupId, [id])).actions).toEqual(['created'])
    expect(await now(id)).toMatchObject({ version: 3, fields: { name: 'Ältere GmbH' } })
    const { items } = await readHistory(admin(), { object: objectNamed('customer'), id, limit: 10 })
    expect(items.map(({ version, action }) => `${version} ${action}`)).toEqual(['3 restored', '2 updated', '1 created'])
  })
})

describe('a record that cannot come back', () => {
  it('is a conflict when another has taken its unique value, and the others go on', async () => {
    const roleId = cast.roles['rep'] ?? ''
    const id = await make('user', { name: 'One', email: 'taken@example.com', roleId })
    const other = await make('customer', { name: 'Alt GmbH' })
    const { id: backupId } = await backUp()
    await purge('user', id)
    await make('user', { name: 'Two', email: 'taken@example.com', roleId })
    await change('customer', other, { name: 'Neu GmbH' })
    expect((await restore(backupId, [id, other], { dryRun: true })).actions).toEqual(['unique_violation', 'changed'])
    const { actions, run } = await restore(backupId, [id, other])
    expect(actions).toEqual(['unique_violation', 'changed'])
    expect(run.fields['report']).toMatchObject({ counts: { conflict: 1, changed: 1 }, problems: [{ id }] })
    expect((await now(other))?.fields['name']).toBe('Alt GmbH')
  })

  it('is told when the backup does not have it, or had it in the recycle bin', async () => {
    const gone = await make('customer', { name: 'Weg GmbH' })
    await remove('customer', gone)
    const { id: backupId } = await backUp()
    const late = await make('customer', { name: 'Spät GmbH' })
    expect((await restore(backupId, [gone, late])).actions).toEqual(['deleted_in_backup', 'not_in_backup'])
    expect((await now(late))?.version).toBe(1)
  })
})

it('an incremental backup gives back what its whole chain comes to', async () => {
  const [kept, changed, deleted] = [
    await make('customer', { name: 'Bleibt GmbH' }),
    await make('customer', { name: 'Erst GmbH' }),
    await make('customer', { name: 'Fort GmbH' }),
  ]
  const full = await backUp()
  const before = await scanAll(tables)
  await change('customer', changed, { name: 'Dann GmbH' })
  await purge('customer', deleted)
  const id = typeIds.next('bkp')
  await register(id)
  await backUpChanges(scratch, tables, { id, cutOffAt: '2026-01-02T00:00:00.000Z', previous: full, before })
  for (const each of [kept, changed]) await change('customer', each, { name: 'Jetzt GmbH' })
  const { actions } = await restore(id, [kept, changed, deleted])
  expect(actions).toEqual(['changed', 'changed', 'not_in_backup'])
  expect((await now(kept))?.fields['name']).toBe('Bleibt GmbH')
  expect((await now(changed))?.fields['name']).toBe('Dann GmbH')
})

describe('refused before anything is written', () => {
  it('a backup with a file that is not what was made, naming the file', async () => {
    const id = await make('customer', { name: 'Alt GmbH' })
    const entry = await backUp()
    await change('customer', id, { name: 'Neu GmbH' })
    const file = entry.files[0]
    scratch.rot(file?.key ?? '', file?.versionId ?? '', bytes =>
      Buffer.from(bytes.map((b, i) => (i === 40 ? b ^ 1 : b))),
    )
    const refusal = await refusalOf(restore(entry.id, [id]))
    expect(refusal).toMatchObject({ code: 'backup_tampered', members: { file: file?.key } })
    expect((await now(id))?.version).toBe(2)
  })

  it.each(['failed', 'expired'])('a backup that is %s', async state => {
    const id = typeIds.next('bkp')
    await register(id, state)
    expect((await refusalOf(restore(id, [cast.admin.id]))).errors[0]?.code).toBe('invalid_state')
  })

  it('what nobody can restore, saying what can be', async () => {
    const { id: backupId } = await backUp()
    const ask = (wish: { object?: string; ids?: string[] }) =>
      refusalOf(startRestore(admin(), tools(), { backupId, dryRun: true, ...wish }))
    expect((await ask({})).errors[0]).toMatchObject({ code: 'required' })
    expect((await ask({ object: 'runs' })).errors[0]).toMatchObject({ pointer: '/object', code: 'unknown_object' })
    expect((await ask({ ids: ['cust_x'] })).errors[0]).toMatchObject({ pointer: '/ids/0', code: 'unknown_record' })
    expect((await refusalOf(restore('bkp_01h00000000000000000000000', [cast.admin.id]))).code).toBe('not_found')
  })

  it.each(['manager', 'rep', 'auditor', 'integration'] as const)('a %s who asks', async who => {
    const id = await make('customer', { name: 'Alt GmbH' })
    const { id: backupId } = await backUp()
    const refusal = await refusalOf(restore(backupId, [id], { dryRun: true, ctx: contextOf(tables, cast[who]) }))
    expect(refusal.code).toBe('not_found')
  })
})

it('asked again with its Idempotency-Key, a restore is not done again', async () => {
  const id = await make('customer', { name: 'Alt GmbH' })
  const { id: backupId } = await backUp()
  await change('customer', id, { name: 'Neu GmbH' })
  const idempotency = { key: 'restore-once', requestHash: 'same' }
  const first = await restore(backupId, [id], { ctx: admin({ idempotency }) })
  await change('customer', id, { name: 'Ganz neu GmbH' })
  const again = await restore(backupId, [id], { ctx: admin({ idempotency }) })
  expect(again.run.id).toBe(first.run.id)
  expect((await now(id))?.fields['name']).toBe('Ganz neu GmbH')
})
