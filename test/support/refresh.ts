import { createRecord } from '#lib/records/operations/create-record.ts'
import { planRefresh } from '#lib/refresh/plan-refresh.ts'
import type { Context } from '#lib/runtime/context.ts'
import type { StoredRecord } from '#lib/store/items.ts'
import { readRecords } from '#lib/store/read.ts'
import type { JsonObject } from '#schemas/json.ts'
import { handClock, objectNamed, systemContext, type Tables } from './table.ts'

/** When records of these tests were entered: so long ago that they are stale. */
const longAgo = '2025-01-02T03:04:05.000Z'
/** When runs of these tests begin: a Thursday, 10:00 in Shanghai. */
export const runAt = new Date('2026-03-26T02:00:00.000Z')

/** Makes records that nobody has verified for long; the system enters them, owners are as given. */
export async function makeStale(
  tables: Tables,
  inputs: readonly JsonObject[],
  object: 'customer' | 'contact' = 'customer',
): Promise<StoredRecord[]> {
  const ctx = systemContext(tables, { clock: handClock(longAgo) })
  const made: string[] = []
  for (const input of inputs) made.push((await createRecord(ctx, { object: objectNamed(object), input })).id)
  const found = await readRecords(ctx.store, made)
  return made.flatMap(id => found.get(id) ?? [])
}

/** A record without an owner: nobody can be the owner of what the system enters, so it is taken away past the engine. */
export function ownerless(record: StoredRecord, more: JsonObject = {}): StoredRecord {
  const { ownerId: _owner, teamId: _team, ...fields } = record.fields
  return { ...record, fields: { ...fields, ...more } }
}

/** The context of a run: the product at work, on the day of the run. */
export function runContext(tables: Tables, more: Partial<Context> = {}): Context {
  return systemContext(tables, { clock: handClock(runAt.toISOString()), source: 'cleanup/run_1', ...more })
}

/** Plans a refresh on the day of the run. */
export function refresh(ctx: Context, stale: readonly StoredRecord[], run: { runId?: string; dryRun?: boolean } = {}) {
  return planRefresh(ctx, { runId: run.runId ?? 'run_1', dryRun: run.dryRun ?? false, at: runAt }, stale)
}
