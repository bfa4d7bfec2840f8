import { type RunPlan, readSegment, runFiles, type Segment } from '#lib/cleanup/run-files.ts'
import type { Files } from '#lib/runtime/files.ts'

/** What every segment of a run came to, lane by lane and in order, one held at a time. */
export async function* doneSegments(files: Files, { runId, lanes }: RunPlan): AsyncGenerator<Segment> {
  for (const lane of lanes)
    for await (const { key } of files.list(runFiles.results(runId, lane))) yield readSegment(files, key)
}
