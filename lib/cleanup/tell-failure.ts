import type { RunFailure } from '#lib/cleanup/report-run.ts'
import { resumeLane } from '#lib/cleanup/resume-lane.ts'
import { type Lane, runFiles, type SegmentHead } from '#lib/cleanup/run-files.ts'
import { CrmError } from '#lib/errors.ts'
import type { Files } from '#lib/runtime/files.ts'
import { isPassing } from '#lib/runtime/outage.ts'

/** Why a lane failed, and after which of its segments. */
type Told = { lane: Lane; after: number; failure: RunFailure }

/** Keeps why a lane failed, for the report: its next try may get past it. */
export async function tellFailure(
  files: Files,
  { runId, lane: { object, shard } }: { runId: string; lane: Lane },
  error: unknown,
): Promise<void> {
  const lane = { object, shard }
  const code = isPassing(error) ? 'unavailable' : error instanceof CrmError ? error.code : 'internal'
  const detail = error instanceof Error ? error.message : String(error)
  const told: Told = { lane, after: numberOf(await resumeLane(files, runId, lane)), failure: { code, detail } }
  await files.write(runFiles.failure(runId, lane), JSON.stringify(told), { contentType: 'application/json' })
}

/** Why a lane of the run failed; what a lane got past since is no reason. */
export async function toldFailure(files: Files, runId: string): Promise<RunFailure | undefined> {
  for await (const { key } of files.list(runFiles.failures(runId))) {
    const { lane, after, failure }: Told = JSON.parse(await files.readText(key))
    if (numberOf(await resumeLane(files, runId, lane)) === after) return failure
  }
  return undefined
}

/** -1 before the first segment is done. */
function numberOf(place: SegmentHead | undefined): number {
  return place?.number ?? -1
}
