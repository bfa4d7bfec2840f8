import { runFiles } from '#lib/cleanup/run-files.ts'
import { loadRun } from '#lib/cleanup/run-job.ts'
import type { Conflict } from '#lib/cleanup/undo-records.ts'
import { invalidCursor } from '#lib/errors.ts'
import { mayRun } from '#lib/maintenance/may-run.ts'
import type { Context } from '#lib/runtime/context.ts'
import type { Files } from '#lib/runtime/files.ts'
import { decodeCursor, encodeCursor } from '#lib/store/cursor.ts'

/**
 * A page of the records that undoing a run left alone.
 * @throws CrmError not_found, invalid_cursor.
 */
export async function readRunConflicts(
  ctx: Context,
  files: Files,
  { id, limit, cursor }: { id: string; limit: number; cursor?: string | undefined },
): Promise<{ items: Conflict[]; nextCursor?: string }> {
  mayRun(ctx, 'read')
  await loadRun(ctx, id)
  const identity = [ctx.actor.id, 'run-conflicts', id]
  const skip = cursor === undefined ? 0 : place(decodeCursor(identity, cursor)['n'])
  const items: Conflict[] = []
  let met = 0
  for await (const { key } of files.list(runFiles.undone(id))) {
    const conflicts = (await files.readText(key)).trimEnd().split('\n').slice(1)
    for (const line of conflicts.slice(Math.max(0, skip - met))) {
      if (items.length === limit) return { items, nextCursor: encodeCursor(identity, { n: String(skip + limit) }) }
      items.push(JSON.parse(line))
    }
    met += conflicts.length
  }
  return { items }
}

function place(text: string | undefined): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value) || value < 0) throw invalidCursor()
  return value
}
