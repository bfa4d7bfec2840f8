import {
  type Lane,
  lastKey,
  numbered,
  readHead,
  readSegment,
  runFiles,
  type Segment,
  type SegmentHead,
} from '#lib/cleanup/run-files.ts'
import type { Files } from '#lib/runtime/files.ts'

/** Where a lane is: the head of its last segment that is done; undefined before the first. */
export async function resumeLane(files: Files, runId: string, lane: Lane): Promise<SegmentHead | undefined> {
  const key = await lastKey(files, runFiles.results(runId, lane))
  return key === undefined ? undefined : readHead(files, key)
}

/** The segment after that place which was judged, and whose fixes may be half written. */
export async function pendingSegment(
  files: Files,
  { runId, lane }: { runId: string; lane: Lane },
  place: SegmentHead | undefined,
): Promise<Segment | undefined> {
  if (place?.isLast) return undefined
  const key = numbered(runFiles.intents(runId, lane), (place?.number ?? -1) + 1)
  return (await files.head(key)) ? readSegment(files, key) : undefined
}
