import { type Lane, lastKey, readHead, runFiles, type SegmentHead } from '#lib/cleanup/run-files.ts'
import type { Files } from '#lib/runtime/files.ts'

/** Where a lane is: the head of its last segment that is done; undefined before the first. */
export async function resumeLane(files: Files, runId: string, lane: Lane): Promise<SegmentHead | undefined> {
  const key = await lastKey(files, runFiles.results(runId, lane))
  return key === undefined ? undefined : readHead(files, key)
}
