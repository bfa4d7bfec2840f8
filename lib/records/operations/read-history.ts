import { viewChange } from '#lib/records/change-view.ts'
import { loadRecord } from '#lib/records/load.ts'
import type { Context } from '#lib/runtime/context.ts'
import { decodeCursor, encodeCursor } from '#lib/store/cursor.ts'
import { readChanges } from '#lib/store/history.ts'
import type { ObjectDefinition } from '#schemas/definition.ts'
import type { JsonObject } from '#schemas/json.ts'

/** A page about one record. */
export type AboutRequest = { object: ObjectDefinition; id: string; limit: number; cursor?: string | undefined }

/**
 * Lists a record's changes, newest first: who, when, by which request, old and new value per field. Deleted records have one too.
 * @throws CrmError not_found, record_merged, invalid_cursor.
 */
export async function readHistory(
  ctx: Context,
  request: AboutRequest,
): Promise<{ items: JsonObject[]; nextCursor?: string }> {
  const { object, id, limit, cursor } = request
  await loadRecord(ctx, { object, id, verb: 'read', withDeleted: true, followMerged: true })
  const identity = [ctx.actor.id, 'history', id]
  const before = cursor === undefined ? undefined : Number(decodeCursor(identity, cursor)['v'])
  const { changes, isLast } = await readChanges(ctx.store, id, { limit, before })
  const items = changes.map(change => viewChange(ctx, object, change))
  const last = changes.at(-1)
  if (isLast || !last || last.version === 1) return { items }
  return { items, nextCursor: encodeCursor(identity, { v: String(last.version) }) }
}
