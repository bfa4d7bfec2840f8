import { invalidCursor } from '#lib/errors.ts'
import { loadJob } from '#lib/jobs/load-job.ts'
import type { Context } from '#lib/runtime/context.ts'
import type { Files } from '#lib/runtime/files.ts'
import { decodeCursor, encodeCursor } from '#lib/store/cursor.ts'
import { importFiles } from '#lib/transfer/imports/import-files.ts'
import type { Conflict } from '#lib/transfer/imports/undo-records.ts'
import { importJob } from '#schemas/system/import.ts'

/**
 * A page of the records that undoing left alone, in the order of the file.
 * @throws CrmError not_found, invalid_cursor.
 */
export async function readConflicts(
  ctx: Context,
  files: Files,
  { id, limit, cursor }: { id: string; limit: number; cursor?: string | undefined },
): Promise<{ items: Conflict[]; nextCursor?: string }> {
  await loadJob(ctx, importJob, id)
  const identity = [ctx.actor.id, 'conflicts', id]
  const skip = cursor === undefined ? 0 : place(decodeCursor(identity, cursor)['n'])
  const items: Conflict[] = []
  let met = 0
  for await (const { key } of files.list(importFiles.undone(id))) {
    const count = Number(key.slice(0, -'.ndjson'.length).split('-').at(-1))
    // The name tells how many a file holds, so pages before this one cost no reads.
    if (count > 0 && met + count > skip)
      for (const line of (await files.readText(key))
        .trimEnd()
        .split('\n')
        .slice(Math.max(0, skip - met))) {
        if (items.length === limit) return { items, nextCursor: encodeCursor(identity, { n: String(skip + limit) }) }
        items.push(JSON.parse(line))
      }
    met += count
  }
  return { items }
}

function place(text: string | undefined): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value) || value < 0) throw invalidCursor()
  return value
}
