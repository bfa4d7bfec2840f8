import { changeJob } from '#lib/jobs/job-record.ts'
import { loadJob } from '#lib/jobs/load-job.ts'
import type { Context } from '#lib/runtime/context.ts'
import type { Files } from '#lib/runtime/files.ts'
import { readManifest } from '#lib/transfer/imports/import-files.ts'
import { type StartedImport, startedImport } from '#lib/transfer/imports/import-job.ts'
import { splitFile } from '#lib/transfer/imports/split-file.ts'
import { importJob } from '#schemas/system/import.ts'

/** Segments from `first` to `last`, done one after the other. */
export type SegmentRun = { importId: string; actorId: string; first: number; last: number }

/** 1,000 runs: their list stays far below the 256 KB that a workflow hands from step to step. */
const mostRuns = 1_000
/** 4 runs at a time where rows do not depend on each other. */
const parallel = 4

/**
 * Splits the file of an import and shares out its segments. Where rows of one file can be the same record they are done in
 * order; so are those of a dry run, which remembers what it would have written.
 */
export async function planSegments(
  ctx: Context,
  files: Files,
  { importId, actorId }: { importId: string; actorId: string },
): Promise<{ runs: SegmentRun[]; concurrency: number }> {
  const job = startedImport(ctx.objects, await loadJob(ctx, importJob, importId))
  if (job.state !== 'running') return { runs: [], concurrency: 1 }
  const { rows, segments } = await splitFile(files, job)
  await changeJob(ctx, { object: importJob, id: importId }, ({ fields }) =>
    fields['segments'] === segments ? undefined : { rows, segments },
  )
  // One run of a dry run remembers what it would have written from segment to segment.
  const runs = job.isDryRun
    ? [{ importId, actorId, first: 0, last: segments - 1 }]
    : sharedOut({ importId, actorId }, segments)
  return { runs, concurrency: concurrencyOf(job) }
}

/** Shares out the segments of an import that is undone. */
export async function planUndo(
  ctx: Context,
  files: Files,
  { importId, actorId }: { importId: string; actorId: string },
): Promise<{ runs: SegmentRun[]; concurrency: number }> {
  const job = startedImport(ctx.objects, await loadJob(ctx, importJob, importId))
  const { segments } = await readManifest(files, importId)
  return { runs: sharedOut({ importId, actorId }, segments), concurrency: concurrencyOf(job) }
}

/** Rows of different segments can be about one record unless every row makes its own. */
function concurrencyOf({ onDuplicate, isDryRun }: StartedImport): number {
  return onDuplicate === 'create' && !isDryRun ? parallel : 1
}

/** Segments shared out to runs of equal length. */
function sharedOut(job: { importId: string; actorId: string }, segments: number): SegmentRun[] {
  const length = Math.max(1, Math.ceil(segments / mostRuns))
  return Array.from({ length: Math.ceil(segments / length) }, (_, i) => {
    const first = i * length
    return { ...job, first, last: Math.min(segments, first + length) - 1 }
  })
}
