import { isRefusal } from '#lib/errors.ts'
import type { Plan } from '#lib/records/plan.ts'
import type { Files } from '#lib/runtime/files.ts'
import type { StoredRecord } from '#lib/store/items.ts'
import { readRecord } from '#lib/store/read.ts'
import type { Existing, Finder } from '#lib/transfer/imports/find-existing.ts'
import { importFiles, ndjson, type RowOutcome } from '#lib/transfer/imports/import-files.ts'
import type { KeyIndex } from '#lib/transfer/imports/key-index.ts'
import { planRowUpdate } from '#lib/transfer/imports/plan-row-update.ts'
import { type PreparedRow, type RowContext, refusalReasons, requestIdOf } from '#lib/transfer/imports/prepare-row.ts'
import { tryRows } from '#lib/transfer/imports/try-rows.ts'
import { versionMade } from '#lib/transfer/imports/version-made.ts'
import { createWrite, mostPending, type PendingRow, unchangedRow, writeRows } from '#lib/transfer/imports/write-rows.ts'

/** The rows of a segment on their way into the table. `own`: records that an earlier run has made of them. */
export type RowQueue = {
  rows: RowContext
  finder: Finder | undefined
  /** In a dry run: the unique values of the rows so far. */
  claimed: KeyIndex | undefined
  own: ReadonlyMap<string, StoredRecord>
  files: Files
  segment: number
  /** What became of the rows, as it is known. */
  outcomes: RowOutcome[]
  pending: PendingRow[]
}

/** Decides about the next row, in the order of the file, and writes when enough wait. */
export async function takeRow(queue: RowQueue, prepared: PreparedRow): Promise<void> {
  const { row, id, create, reasons } = prepared
  const own = queue.own.get(id)
  if (own) {
    queue.finder?.remember(own)
    queue.outcomes.push({ row, outcome: 'created', id, version: 1 })
    return
  }
  const existing = await findExisting(queue, prepared)
  if (existing && queue.rows.job.onDuplicate === 'skip') queue.outcomes.push(skipped(row, existing))
  else if (existing) await updateRow(queue, prepared, existing)
  else if (create) await add(queue, { row, outcome: 'created', write: createWrite(queue.rows.ctx, create) })
  else queue.outcomes.push({ row, outcome: 'rejected', reasons })
}

/** Writes what waits. */
export async function flushRows(queue: RowQueue): Promise<void> {
  const { rows, pending, finder } = queue
  queue.pending = []
  if (pending.length === 0) return
  await noteTargets(queue, pending)
  const { claimed } = queue
  const done = await (claimed ? tryRows(rows.object, claimed, pending) : writeRows(rows.ctx, rows.job, pending))
  done.forEach(({ outcome }, i) => {
    const id = pending[i]?.write.plan.after.id
    if (outcome === 'rejected' && id !== undefined) finder?.forget(id)
  })
  queue.outcomes.push(...done)
}

/** A record that waits to be written is written first: what is decided about a row rests on what is stored. */
async function findExisting(queue: RowQueue, { state }: PreparedRow): Promise<Existing | undefined> {
  const { finder, rows } = queue
  const existing = state && finder?.find(state)
  const waits = queue.pending.some(({ write }) => write.plan.after.id === existing?.record.id)
  if (!waits || rows.job.isDryRun) return existing
  await flushRows(queue)
  return state && finder?.find(state)
}

async function add(queue: RowQueue, row: PendingRow): Promise<void> {
  queue.pending.push(row)
  queue.finder?.remember(row.write.plan.after)
  if (queue.pending.length >= mostPending) await flushRows(queue)
}

async function updateRow(queue: RowQueue, { row, input }: PreparedRow, { record }: Existing): Promise<void> {
  const { rows, outcomes } = queue
  const version = await versionMade(rows, row, record)
  if (version !== undefined) {
    outcomes.push({ row, outcome: 'updated', id: record.id, version })
    return
  }
  const planFrom = async (before: StoredRecord): Promise<Plan> => {
    const plan = await planRowUpdate(rows.ctx, rows.object, { before, input })
    return { ...plan, requestId: requestIdOf(rows.job, row) }
  }
  const replan = async () => planFrom((await readRecord(rows.ctx.store, record.id)) ?? record)
  try {
    const plan = await planFrom(record)
    if (plan.action === 'unchanged') outcomes.push(unchangedRow(row, record.id))
    else await add(queue, { row, outcome: 'updated', write: { plan, replan } })
  } catch (error) {
    if (!isRefusal(error)) throw error
    outcomes.push({ row, outcome: 'rejected', id: record.id, reasons: refusalReasons(rows.job, error) })
  }
}

function skipped(row: number, { record, because }: Existing): RowOutcome {
  const detail = `${record.id} is the same: ${because}`
  return { row, outcome: 'skipped', id: record.id, reasons: [{ code: 'duplicate', detail }] }
}

/** Which records are about to be changed: undoing an import that is killed here must know them. */
async function noteTargets({ rows, files, segment }: RowQueue, pending: readonly PendingRow[]): Promise<void> {
  const updates = pending.filter(({ outcome }) => outcome === 'updated')
  if (updates.length === 0 || rows.job.isDryRun) return
  const targets = updates.map(({ row, write }) => ({ row, id: write.plan.after.id }))
  await files.write(`${importFiles.targets(rows.job.id, segment)}${updates[0]?.row}.ndjson`, ndjson(targets))
}
