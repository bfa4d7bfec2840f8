import type { Plan } from '#lib/records/plan.ts'
import { type BulkOutcome, type BulkWrite, writeMany } from '#lib/records/write-many.ts'
import type { Context } from '#lib/runtime/context.ts'
import { readRecord } from '#lib/store/read.ts'
import type { RowOutcome } from '#lib/transfer/imports/import-files.ts'
import type { StartedImport } from '#lib/transfer/imports/import-job.ts'
import { refusalReasons } from '#lib/transfer/imports/prepare-row.ts'

/** A row's write that waits for its turn. */
export type PendingRow = { row: number; outcome: 'created' | 'updated'; write: BulkWrite }

/** 200 rows wait at most: about 20 transactions, and little to do again after a kill. */
export const mostPending = 200

/** Writes rows; one outcome each, in their order. */
export async function writeRows(
  ctx: Context,
  job: StartedImport,
  pending: readonly PendingRow[],
): Promise<RowOutcome[]> {
  const outcomes = await writeMany(
    ctx,
    pending.map(({ write }) => write),
  )
  return pending.flatMap((row, i) => {
    const outcome = outcomes[i]
    return outcome ? [rowOutcome(job, row, outcome)] : []
  })
}

/** A new record's plan once more: found as ours when an earlier try has written it. */
export function createWrite(ctx: Context, plan: Plan): BulkWrite {
  const replan = async (): Promise<Plan> => {
    const own = await readRecord(ctx.store, plan.after.id)
    return own ? { object: plan.object, before: own, after: own, action: 'unchanged' } : plan
  }
  return { plan, replan }
}

function rowOutcome(job: StartedImport, { row, outcome }: PendingRow, done: BulkOutcome): RowOutcome {
  if ('error' in done) return { row, outcome: 'rejected', reasons: refusalReasons(job, done.error) }
  const { id, version, action } = done
  if (outcome === 'updated' && action === 'unchanged') return unchangedRow(row, id)
  return { row, outcome, id, version: outcome === 'created' ? 1 : version }
}

/** A row that has nothing new to say about its record. */
export function unchangedRow(row: number, id: string): RowOutcome {
  return { row, outcome: 'skipped', id, reasons: [{ code: 'unchanged', detail: `${id} has these values already.` }] }
}
