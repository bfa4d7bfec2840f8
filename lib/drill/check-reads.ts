import { keepOnce } from '#lib/backup/backup-files.ts'
import { drillFiles } from '#lib/drill/drill-files.ts'
import type { DrillGround } from '#lib/drill/drill-work.ts'
import { tellStep } from '#lib/maintenance/tell-step.ts'
import { findRecords } from '#lib/records/operations/find-records.ts'
import type { Context } from '#lib/runtime/context.ts'
import { readChanges } from '#lib/store/history.ts'
import { readRecord } from '#lib/store/read.ts'
import type { Store } from '#lib/store/table.ts'
import type { ObjectDefinition } from '#schemas/definition.ts'

/** What reading the restored table by the product's own code came to. */
export type ReadChecks = { done: number; failed: number; problems: string[] }

/** 5 records of each object: that indexes and history answer, not what they hold, which was compared. */
const perObject = 5

/**
 * Reads the restored table as the API would: lists by index, records by id, their histories; and sees that they fit.
 */
export async function checkReads(
  ctx: Context,
  { files, restored }: DrillGround & { restored: Store },
  { runId }: { runId: string },
): Promise<void> {
  await tellStep(ctx, runId, 'readChecks')
  const there: Context = { ...ctx, store: restored }
  const sum: ReadChecks = { done: 0, failed: 0, problems: [] }
  for (const object of ctx.objects.all) await checkObject(there, object, sum)
  await keepOnce(files, drillFiles.checked(runId), sum)
  await tellStep(ctx, runId, 'tidy', { name: 'readChecks', count: sum.done })
}

async function checkObject(ctx: Context, object: ObjectDefinition, sum: ReadChecks): Promise<void> {
  const { items } = await findRecords(ctx, { object, query: { limit: perObject, fields: [object.titleField] } })
  for (const { id, version } of items.map(each => ({ id: String(each['id']), version: Number(each['version']) }))) {
    sum.done += 1
    const problem = await problemOf(ctx, id, version)
    if (problem === undefined) continue
    sum.failed += 1
    sum.problems.push(problem)
  }
}

async function problemOf({ store }: Context, id: string, version: number): Promise<string | undefined> {
  const record = await readRecord(store, id)
  if (!record) return `${id} is in its list, and cannot be read.`
  if (record.version !== version) return `${id} has version ${version} in its list, and ${record.version} by its id.`
  const { changes } = await readChanges(store, id, { limit: 1 })
  return changes[0]?.version === version
    ? undefined
    : `${id} has version ${version}, and its history ends at ${changes[0]?.version}.`
}
