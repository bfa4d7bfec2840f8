import { isComparable } from '#lib/duplicate-groups/find-pairs.ts'
import { type GroupView, viewGroup } from '#lib/duplicate-groups/view-group.ts'
import { invalidAt, invalidCursor } from '#lib/errors.ts'
import { reachableRule } from '#lib/records/load.ts'
import type { Context } from '#lib/runtime/context.ts'
import { decodeCursor, encodeCursor } from '#lib/store/cursor.ts'
import { readGroups, type StoredGroup } from '#lib/store/duplicate-items.ts'
import { readRecords } from '#lib/store/read.ts'

/** Which groups: the plural of an object, how far they are, how many. */
export type GroupQuery = {
  object: string
  status: StoredGroup['status']
  limit: number
  cursor?: string | undefined
}

/** 500 groups looked at for one page: those the actor may not see are passed over, and the cursor goes on from there. */
const scanLimit = 500
/** 50 groups at a time: their members are read together. */
const batch = 50

/**
 * Lists groups of likely duplicates of which the actor may see every member.
 * @throws CrmError validation_failed for an object that has no duplicates, not_found, invalid_cursor.
 */
export async function listGroups(
  ctx: Context,
  query: GroupQuery,
): Promise<{ items: GroupView[]; nextCursor?: string }> {
  const object = ctx.objects.byPlural.get(query.object)
  if (!object || !isComparable(object)) throw unknownObject(ctx, query.object)
  reachableRule(ctx, object, 'read')
  const identity = [ctx.actor.id, 'duplicates', query.object, query.status]
  const items: GroupView[] = []
  let after = query.cursor === undefined ? undefined : positionIn(identity, query.cursor)
  for (let scanned = 0; scanned < scanLimit; scanned += batch) {
    const slice = { limit: batch, after }
    const { groups, isLast } = await readGroups(ctx.store, { object: object.name, status: query.status }, slice)
    const records = await readRecords(
      ctx.store,
      groups.flatMap(({ group }) => group.members),
    )
    for (const [i, { sort, group }] of groups.entries()) {
      const view = viewGroup(ctx, object, group, records)
      after = sort
      if (view) items.push(view)
      const isEnd = isLast && i === groups.length - 1
      if (items.length === query.limit && !isEnd) return { items, nextCursor: encodeCursor(identity, { s: sort }) }
    }
    if (isLast) return { items }
  }
  return after === undefined ? { items } : { items, nextCursor: encodeCursor(identity, { s: after }) }
}

function unknownObject({ objects }: Context, plural: string) {
  const known = objects.all.filter(isComparable).map(object => object.plural)
  return invalidAt(
    '?object',
    'unknown_object',
    `${plural.slice(0, 60)} have no duplicates; name one of ${known.join(', ')}.`,
  )
}

function positionIn(identity: unknown, cursor: string): string {
  const position = decodeCursor(identity, cursor)['s']
  if (position === undefined) throw invalidCursor()
  return position
}
