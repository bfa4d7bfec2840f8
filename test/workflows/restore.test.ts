import { afterAll, beforeAll, expect, it } from 'vitest'
import type { CatalogueEntry } from '#lib/backup/catalogue.ts'
import { createRecord } from '#lib/records/operations/create-record.ts'
import { removeRecord } from '#lib/records/operations/remove-record.ts'
import { updateRecord } from '#lib/records/operations/update-record.ts'
import { type RestorePlan, restoreFiles } from '#lib/restore/restore-files.ts'
import type { RestoreTools } from '#lib/restore/restore-steps.ts'
import { itemsOf } from '#lib/restore/sum-up.ts'
import type { Context } from '#lib/runtime/context.ts'
import type { Files } from '#lib/runtime/files.ts'
import { typeIds } from '#lib/runtime/ids.ts'
import { readChanges } from '#lib/store/history.ts'
import type { StoredRecord } from '#lib/store/items.ts'
import { purgeRecord } from '#lib/store/purge.ts'
import { readRecord, readRecords } from '#lib/store/read.ts'
import type { RestoreItem } from '#schemas/api/restores.ts'
import type { JsonObject } from '#schemas/json.ts'
import { killedAt } from '../support/frail-store.ts'
import { memoryFiles } from '../support/memory-files.ts'
import { runRestoreWorkflow, startedRestore } from '../support/restore-run.ts'
import { type Cast, contextOf, objectNamed, seedCast, startTables, type Tables } from '../support/table.ts'
import { backUpTable } from '../support/table-backup.ts'
import { type ScratchVault, startVault } from '../support/vault.ts'

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

const contact = objectNamed('contact')
const admin = (): Context => contextOf(tables, cast.admin)
const tools = (): RestoreTools => ({ ...scratch, files: memoryFiles() })

/** Nine contacts that were backed up, then three changed, three deleted, three deleted for good; and one that came later. */
async function lostContacts(): Promise<{ ids: string[]; entry: CatalogueEntry; later: string }> {
  const make = async (name: string) => (await createRecord(admin(), { object: contact, input: { name } })).id
  const ids: string[] = []
  for (let i = 0; i < 9; i++) ids.push(await make(`Then ${i}`))
  const entry = await backUpTable(scratch, tables, { id: typeIds.next('bkp'), cutOffAt: new Date().toISOString() })
  for (const id of ids.slice(0, 3)) await updateRecord(admin(), { object: contact, id, patch: { name: 'Now' } })
  for (const id of ids.slice(3)) await removeRecord(admin(), { object: contact, id })
  for (const id of ids.slice(6)) await purgeRecord(admin().store, (await readRecord(admin().store, id)) as StoredRecord)
  return { ids, entry, later: await make('Later') }
}

/** Whole records, their versions and histories. */
async function stateOf(ids: readonly string[]): Promise<unknown[]> {
  const { store } = admin()
  const records = await readRecords(store, ids)
  return Promise.all(
    ids.map(async id => {
      const { version, fields, deletedAt } = records.get(id) ?? { version: 0, fields: {} as JsonObject }
      const { changes } = await readChanges(store, id, { limit: 50 })
      return { version, name: fields['name'], isDeleted: deletedAt !== undefined, changes: changes.length }
    }),
  )
}

async function allItems(files: Files, runId: string): Promise<RestoreItem[]> {
  const items: RestoreItem[] = []
  for await (const item of itemsOf(files, runId)) items.push(item)
  return items
}

const wanted: RestorePlan['wanted'] = { object: 'contact', prefix: contact.prefix }
const restored = (version: number) => ({ version, isDeleted: false, changes: version })

it('an object comes back, whatever became of its records, and what came later stays', async () => {
  const { ids, entry, later } = await lostContacts()
  const given = tools()
  const plan = await startedRestore(admin(), given, { backupId: entry.id, wanted, dryRun: false })
  const { error, ran } = await runRestoreWorkflow(admin(), { tools: given, plan })
  expect(error).toBeUndefined()
  expect(ran.filter(step => step === 'apply')).toHaveLength(3)
  expect(await stateOf(ids)).toEqual(ids.map((_, i) => ({ ...restored(i < 3 ? 3 : i < 6 ? 3 : 2), name: `Then ${i}` })))
  expect(await stateOf([later])).toEqual([{ ...restored(1), name: 'Later' }])
  expect((await readRecord(admin().store, plan.runId))?.fields).toMatchObject({
    state: 'succeeded',
    report: { counts: { changed: 3, undeleted: 3, created: 3, conflict: 0 } },
  })
  const report = JSON.parse(await given.files.readText(restoreFiles.report(plan.runId)))
  expect(report.items).toHaveLength(report.report.counts.records)
})

it('a dry run has the real report item for item, and writes nothing', async () => {
  const { ids, entry } = await lostContacts()
  const itemsBy = async (dryRun: boolean) => {
    const given = tools()
    const plan = await startedRestore(admin(), given, { backupId: entry.id, wanted, dryRun })
    expect((await runRestoreWorkflow(admin(), { tools: given, plan })).error).toBeUndefined()
    return allItems(given.files, plan.runId)
  }
  const before = await stateOf(ids)
  const tried = await itemsBy(true)
  expect(await stateOf(ids)).toEqual(before)
  expect(await itemsBy(false)).toEqual(tried)
})

it.each([1, 2, 4, 7].flatMap(nth => [[nth, 'before'] as const, [nth, 'after'] as const]))(
  'killed at its transaction %i, %s it was written, and started again, it ends as if nothing had been',
  async (nth, moment) => {
    const { ids, entry } = await lostContacts()
    const given = tools()
    const plan = await startedRestore(admin(), given, { backupId: entry.id, wanted, dryRun: false })
    const ended: string[] = []
    for (const apply of [killedAt(admin(), nth, moment), admin()]) {
      const fault = (step: string) => deadAfter(step, ended)
      const work = runRestoreWorkflow(admin(), { tools: given, plan, apply, fault })
      ended.push((await work).error ?? 'ended')
    }
    expect(ended.at(-1)).toBe('ended')
    expect(await stateOf(ids)).toEqual(ids.map((_, i) => ({ ...restored(i < 6 ? 3 : 2), name: `Then ${i}` })))
  },
)

/** A process that was killed tells nobody: its failure is not written down. */
function deadAfter(step: string, ended: readonly string[]) {
  return ended.length === 0 && step === 'fail' ? { name: 'Killed', message: 'killed' } : undefined
}

it('a file that is not what was made fails the run before a record is touched, and is named', async () => {
  const { ids, entry } = await lostContacts()
  const [, file] = entry.files
  scratch.rot(file?.key ?? '', file?.versionId ?? '', bytes => bytes.subarray(0, -20))
  const given = tools()
  const before = await stateOf(ids)
  const plan = await startedRestore(admin(), given, { backupId: entry.id, wanted, dryRun: false })
  const { error, ran } = await runRestoreWorkflow(admin(), { tools: given, plan })
  expect([error, ran.includes('apply')]).toEqual(['RestoreFailed', false])
  expect(await stateOf(ids)).toEqual(before)
  expect((await readRecord(admin().store, plan.runId))?.fields).toMatchObject({
    state: 'failed',
    failure: { code: 'backup_tampered', detail: expect.stringContaining(file?.key ?? '') },
  })
})

it('what somebody changes while the restore is interrupted stays theirs', async () => {
  const { ids, entry } = await lostContacts()
  const given = tools()
  const plan = await startedRestore(admin(), given, { backupId: entry.id, wanted, dryRun: false, partitions: 1 })
  const dying = (step: string) => (step === 'fail' ? { name: 'Killed', message: 'killed' } : undefined)
  await runRestoreWorkflow(admin(), { tools: given, plan, apply: killedAt(admin(), 1), fault: dying })
  const [mine = ''] = ids
  await updateRecord(admin(), { object: contact, id: mine, patch: { name: 'Mine' } })
  expect((await runRestoreWorkflow(admin(), { tools: given, plan })).error).toBeUndefined()
  const items = await allItems(given.files, plan.runId)
  expect(items.filter(({ problem }) => problem).map(({ id, problem }) => [id, problem?.code])).toEqual([
    [mine, 'version_conflict'],
  ])
  expect((await readRecord(admin().store, mine))?.fields['name']).toBe('Mine')
})
