import { type Lane, laneName, lastKey, ndjsonType, numbered, readSegment, runFiles } from '#lib/cleanup/run-files.ts'
import { runContext } from '#lib/cleanup/run-job.ts'
import { undoRecords, undoSource } from '#lib/cleanup/undo-records.ts'
import { CrmError } from '#lib/errors.ts'
import { compileObject } from '#lib/records/compile.ts'
import type { Context } from '#lib/runtime/context.ts'
import type { Files } from '#lib/runtime/files.ts'

/** 2 minutes: more than any segment takes. */
const leastMs = 120_000

/**
 * Takes back the fixes of a lane's segments, those that were not taken back yet: also of one that was killed half-way.
 * @returns whether the lane is done; otherwise it is to be called again.
 */
export async function undoLane(
  given: Context,
  files: Files,
  { runId, lane, remainingMs }: { runId: string; lane: Lane; remainingMs: () => number },
): Promise<{ done: boolean }> {
  const ctx = runContext(given, runId, undoSource(runId))
  const definition = ctx.objects.byName.get(lane.object)
  if (!definition) throw new CrmError('not_found', `There is no object ${lane.object}.`)
  const work = { ctx, runId, object: compileObject(definition, ctx.tenant) }
  const done = undonePrefix(runId, lane)
  const last = (await lastKey(files, done))?.slice(done.length)
  let isFirst = true
  for await (const { key } of files.list(runFiles.intents(runId, lane))) {
    const name = key.slice(runFiles.intents(runId, lane).length)
    if (last !== undefined && name <= last) continue
    if (!isFirst && remainingMs() < leastMs) return { done: false }
    isFirst = false
    const { head, items } = await readSegment(files, key)
    const { reverted, conflicts } = await undoRecords(
      work,
      items.filter(item => item.kind === 'fixed'),
    )
    const text = [{ reverted }, ...conflicts].map(value => `${JSON.stringify(value)}\n`).join('')
    await files.writeNew(numbered(done, head.number), text, { contentType: ndjsonType })
  }
  return { done: true }
}

/** Where the outcome of undoing a lane is. */
function undonePrefix(runId: string, lane: Lane): string {
  return `${runFiles.undone(runId)}${laneName(lane)}/`
}
