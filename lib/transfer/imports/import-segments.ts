import { CrmError, unavailable } from '#lib/errors.ts'
import { loadJob } from '#lib/jobs/load-job.ts'
import type { Context } from '#lib/runtime/context.ts'
import type { Files } from '#lib/runtime/files.ts'
import { isPassing } from '#lib/runtime/outage.ts'
import { hasResult, importFiles } from '#lib/transfer/imports/import-files.ts'
import { startedImport } from '#lib/transfer/imports/import-job.ts'
import { importSegment, openMemory, recallSegment, type SegmentMemory } from '#lib/transfer/imports/import-segment.ts'
import { importJob } from '#schemas/system/import.ts'

/** 2 minutes: more than any segment takes; with less left the step ends and its retry goes on. */
const leastMs = 120_000
/** 200 segments, 100,000 rows: what a dry run remembers of rows that it has not written, about 150 MB. */
const mostRemembered = 200

/** Imports segments one after the other, those that are not done yet, until all are or the import is canceled. */
export async function importSegments(
  ctx: Context,
  files: Files,
  run: { id: string; first: number; last: number; remainingMs: () => number },
): Promise<void> {
  let memory: SegmentMemory | undefined
  for (let segment = run.first; segment <= run.last; segment++) {
    const job = startedImport(ctx.objects, await loadJob(ctx, importJob, run.id))
    if (job.state !== 'running') return
    const isFresh = !job.isDryRun || segment % mostRemembered === 0
    memory = memory && !isFresh ? memory : openMemory(ctx, job)
    const work = { job, segment, memory }
    const isDone = await hasResult(files, { id: run.id, segment })
    if (isDone && job.isDryRun) await recallSegment(ctx, files, work)
    if (isDone) continue
    if (segment > run.first && run.remainingMs() < leastMs)
      throw unavailable(`Segments ${segment} to ${run.last} go on in the next try.`)
    await importSegment(ctx, files, work).catch(error => tellFailure(files, run.id, error))
  }
}

/** Keeps why a segment failed, since a distributed map only tells that too many did; and fails. */
async function tellFailure(files: Files, id: string, error: unknown): Promise<never> {
  const code = isPassing(error) ? 'unavailable' : error instanceof CrmError ? error.code : 'internal'
  const detail = error instanceof Error ? error.message : String(error)
  await files.write(importFiles.failure(id), JSON.stringify({ code, detail }))
  throw error
}
