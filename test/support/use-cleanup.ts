import { afterAll, beforeAll, expect } from 'vitest'
import type { ReportItem } from '#lib/cleanup/items.ts'
import type { Context } from '#lib/runtime/context.ts'
import type { Files } from '#lib/runtime/files.ts'
import type { StoredRecord } from '#lib/store/items.ts'
import { readRecord, readRecords } from '#lib/store/read.ts'
import type { JsonObject } from '#schemas/json.ts'
import { defaultPolicy } from '#schemas/settings.ts'
import { reportFile, runCleanupWorkflow, startedRun } from './cleanup-run.ts'
import type { Fault } from './import-run.ts'
import { startTables, systemContext, type Tables } from './table.ts'

/** Nobody verifies anything here unless a test says so: what one test leaves is no other's stale record. */
export const quietPolicy = { ...defaultPolicy, refresh: { ...defaultPolicy.refresh, enabled: false } }

/** Tables of one test file, with runs over them and looks into them. */
export function useCleanup() {
  const running: { tables?: Tables } = {}
  beforeAll(async () => {
    running.tables = await startTables()
  })
  afterAll(() => running.tables?.stop())
  const tables = (): Tables => {
    if (!running.tables) throw new Error('The tables are started by beforeAll: use them inside a test.')
    return running.tables
  }
  const context = (more: Partial<Context> = {}) => systemContext(tables(), { policy: quietPolicy, ...more })
  return { tables, context }
}

/** Records in the order of their ids given. */
export async function recordsOf(ctx: Context, ids: readonly string[]): Promise<StoredRecord[]> {
  const found = await readRecords(ctx.store, ids)
  return ids.flatMap(id => found.get(id) ?? [])
}

/** Their fields. */
export async function fieldsOf(ctx: Context, ids: readonly string[]): Promise<JsonObject[]> {
  return (await recordsOf(ctx, ids)).map(({ fields }) => fields)
}

/** Their versions. */
export async function versionsOf(ctx: Context, ids: readonly string[]): Promise<number[]> {
  return (await recordsOf(ctx, ids)).map(({ version }) => version)
}

/** What the record of a run says. */
export async function runRecord(ctx: Context, id: string): Promise<JsonObject | undefined> {
  return (await readRecord(ctx.store, id))?.fields
}

/** The items of a run's report that are about these records. */
export async function itemsOf(files: Files, id: string, ids: readonly string[]): Promise<ReportItem[]> {
  return (await reportFile(files, id)).items.filter(item => ids.includes(item.id))
}

/** A run from its record to its end. */
export async function clean(
  ctx: Context,
  files: Files,
  options: { dryRun?: boolean; fault?: Fault } = {},
): Promise<string> {
  const id = await startedRun(ctx, options)
  const { error } = await runCleanupWorkflow(ctx, files, { id, ...(options.fault && { fault: options.fault }) })
  expect(error).toBeUndefined()
  return id
}
