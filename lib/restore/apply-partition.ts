import { decideRecord, notInBackup } from '#lib/restore/decide-record.ts'
import { objectOfId } from '#lib/restore/may-restore.ts'
import { partitionOf } from '#lib/restore/partition-of.ts'
import { type PastRecord, readPartition } from '#lib/restore/read-partition.ts'
import { type RestorePlan, restoreFiles } from '#lib/restore/restore-files.ts'
import { tryItems } from '#lib/restore/try-items.ts'
import { writeItems } from '#lib/restore/write-items.ts'
import type { Context } from '#lib/runtime/context.ts'
import type { Files } from '#lib/runtime/files.ts'
import { readRecords } from '#lib/store/read.ts'
import type { RestoreItem } from '#schemas/api/restores.ts'

/** 500 records are read and written at a time. */
const recordsAtOnce = 500
const ndjson = { contentType: 'application/x-ndjson' }

/**
 * Restores the records of a partition, or says what that would change. Safe to run again after a kill: what is to be done is
 * kept before it is, so a record that has the restore's own change counts as done, and nobody's later change is overwritten.
 */
export async function applyPartition(
  ctx: Context,
  { files, plan }: { files: Files; plan: RestorePlan },
  partition: number,
): Promise<void> {
  const result = restoreFiles.result(plan.runId, partition)
  if (await files.head(result)) return
  const past = await readPartition(files, plan, partition)
  const intended = await keptIntent(ctx, { files, plan, past }, partition)
  const done: RestoreItem[] = []
  const carryOut = plan.dryRun ? tryItems : writeItems
  for (const items of chunksOf(intended)) done.push(...(await carryOut(ctx, { plan, past }, items)))
  await files.writeNew(result, toLines(done), ndjson)
}

/** What is to be done, as whoever came first has worked it out. */
async function keptIntent(
  ctx: Context,
  work: { files: Files; plan: RestorePlan; past: ReadonlyMap<string, PastRecord> },
  partition: number,
): Promise<RestoreItem[]> {
  const { files, plan } = work
  const key = restoreFiles.intent(plan.runId, partition)
  if (!(await files.head(key))) {
    const items: RestoreItem[] = []
    for (const ids of chunksOf(idsOf(work, partition))) items.push(...(await decideAll(ctx, work.past, ids)))
    await files.writeNew(key, toLines(items), ndjson)
  }
  const text = await files.readText(key)
  return text === ''
    ? []
    : text
        .trimEnd()
        .split('\n')
        .map((line): RestoreItem => JSON.parse(line))
}

/** Those that were asked for by id, or all of the object that were not in the recycle bin at the cut-off. */
function idsOf(
  { plan, past }: { plan: RestorePlan; past: ReadonlyMap<string, PastRecord> },
  partition: number,
): string[] {
  const { wanted, partitions } = plan
  if ('ids' in wanted) return wanted.ids.filter(id => partitionOf(id, partitions) === partition)
  return [...past].flatMap(([id, { record }]) => (record.deletedAt === undefined ? id : [])).toSorted()
}

async function decideAll(
  ctx: Context,
  past: ReadonlyMap<string, PastRecord>,
  ids: readonly string[],
): Promise<RestoreItem[]> {
  const live = await readRecords(ctx.store, ids)
  return ids.map(id => {
    const object = objectOfId(ctx, id, '/ids')
    const then = past.get(id)
    if (!then || then.record.deletedAt !== undefined) return notInBackup(id, object.name, then)
    return decideRecord(ctx, object, { past: then, live: live.get(id) })
  })
}

function chunksOf<T>(all: readonly T[]): T[][] {
  const count = Math.ceil(all.length / recordsAtOnce)
  return Array.from({ length: count }, (_, i) => all.slice(i * recordsAtOnce, (i + 1) * recordsAtOnce))
}

function toLines(items: readonly RestoreItem[]): string {
  return items.map(item => `${JSON.stringify(item)}\n`).join('')
}
