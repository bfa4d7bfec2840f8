import { stateOf } from '#lib/cleanup/run-job.ts'
import type { DrillGround } from '#lib/drill/drill-work.ts'
import { CrmError } from '#lib/errors.ts'
import type { Context } from '#lib/runtime/context.ts'
import { readRecord } from '#lib/store/read.ts'
import { deleteTable, listTables } from '#lib/store/scratch-tables.ts'

/** 1 day: no drill takes that long. */
const deadMs = 86_400_000

/** Deletes the scratch tables of drills that have ended or died; that of a drill that still runs stays. */
export async function deleteLeftovers(ctx: Context, { tablePrefix }: DrillGround, runId: string): Promise<void> {
  for (const name of await listTables(tablePrefix)) {
    const owner = name.slice(tablePrefix.length)
    if (owner === runId || (await isAlive(ctx, owner))) continue
    ctx.log.warn('A scratch table that a dead drill has left is deleted', { table: name })
    await deleteTable(name).catch((error: unknown) => {
      // Still being imported: the next drill deletes it.
      if (!(error instanceof CrmError) || error.code !== 'unavailable') throw error
    })
  }
}

async function isAlive({ store, clock }: Context, runId: string): Promise<boolean> {
  const record = await readRecord(store, runId)
  if (record?.object !== 'run' || stateOf(record) !== 'running') return false
  return clock.now().getTime() - Date.parse(record.createdAt) < deadMs
}
