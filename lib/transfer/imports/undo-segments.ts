import { unavailable } from '#lib/errors.ts'
import { loadJob } from '#lib/jobs/load-job.ts'
import type { Context } from '#lib/runtime/context.ts'
import type { Files } from '#lib/runtime/files.ts'
import { readRecords } from '#lib/store/read.ts'
import { importFiles, ndjson, readResult, readSegment } from '#lib/transfer/imports/import-files.ts'
import { type StartedImport, startedImport } from '#lib/transfer/imports/import-job.ts'
import { rowId } from '#lib/transfer/imports/prepare-row.ts'
import { type Touched, undoRecords } from '#lib/transfer/imports/undo-records.ts'
import { importJob } from '#schemas/system/import.ts'

/** 2 minutes: more than any segment takes; with less left the step ends and its retry goes on. */
const leastMs = 120_000

/** Undoes what segments wrote, those that are not undone yet. */
export async function undoSegments(
  ctx: Context,
  files: Files,
  run: { id: string; first: number; last: number; remainingMs: () => number },
): Promise<void> {
  const job = startedImport(ctx.objects, await loadJob(ctx, importJob, run.id))
  for (let segment = run.first; segment <= run.last; segment++) {
    if (await isUndone(files, run.id, segment)) continue
    if (segment > run.first && run.remainingMs() < leastMs)
      throw unavailable(`Segments ${segment} to ${run.last} go on in the next try.`)
    const undone = await undoRecords(ctx, job, await touchedBy(ctx, files, { job, segment }))
    const { removed, reverted, conflicts } = undone
    const counts = [removed, reverted, conflicts.length].join('-')
    await files.write(`${importFiles.undoneOf(job.id, segment)}${counts}.ndjson`, ndjson(conflicts))
  }
}

async function isUndone(files: Files, id: string, segment: number): Promise<boolean> {
  for await (const _ of files.list(importFiles.undoneOf(id, segment))) return true
  return false
}

/** The records that rows of a segment have made or changed, once each; also those of a segment that was killed half-way. */
async function touchedBy(
  ctx: Context,
  files: Files,
  { job, segment }: { job: StartedImport; segment: number },
): Promise<Touched[]> {
  const result = await readResult(files, { id: job.id, segment })
  const touched = result
    ? result.outcomes.flatMap(({ row, outcome, id }) =>
        id !== undefined && (outcome === 'created' || outcome === 'updated') ? [{ row, id }] : [],
      )
    : [...(await madeBy(ctx, files, { job, segment })), ...(await targetsOf(files, job.id, segment))]
  return [...new Map(touched.map(each => [each.id, each])).values()]
}

async function madeBy(
  ctx: Context,
  files: Files,
  { job, segment }: { job: StartedImport; segment: number },
): Promise<Touched[]> {
  const rows = await readSegment(files, { id: job.id, segment })
  const wanted = rows.map(({ row }) => ({ row, id: rowId(job, row) }))
  const found = await readRecords(
    ctx.store,
    wanted.map(({ id }) => id),
  )
  return wanted.filter(({ id }) => found.has(id))
}

async function targetsOf(files: Files, id: string, segment: number): Promise<Touched[]> {
  const targets: Touched[] = []
  for await (const { key } of files.list(importFiles.targets(id, segment)))
    for (const line of (await files.readText(key)).trimEnd().split('\n')) targets.push(JSON.parse(line))
  return targets
}
