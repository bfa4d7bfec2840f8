import { invalidCursor } from '#lib/errors.ts'
import { viewNotification } from '#lib/notifications/view-notification.ts'
import type { Context } from '#lib/runtime/context.ts'
import { decodeCursor, encodeCursor } from '#lib/store/cursor.ts'
import { readMerged } from '#lib/store/merge.ts'
import { toRecord } from '#lib/store/read.ts'
import type { NotificationView } from '#schemas/api/notifications.ts'
import { notification } from '#schemas/system/notification.ts'

/** Which of the actor's notifications, how many. */
export type InboxQuery = { unread?: boolean | undefined; limit: number; cursor?: string | undefined }

/** 2,000 notifications looked at for one page. */
const scanLimit = 2_000

/**
 * The actor's own inbox, newest first. A page of unread ones can be short and still have a next one.
 * @throws CrmError `invalid_cursor`.
 */
export async function findNotifications(
  ctx: Context,
  { unread = false, limit, cursor }: InboxQuery,
): Promise<{ items: NotificationView[]; nextCursor?: string }> {
  const { id } = ctx.actor
  const identity = [id, 'inbox', unread]
  const page = {
    partitions: [{ index: 'byParent', pk: id, prefix: `${notification.name}#` }] as const,
    descending: true,
    after: cursor === undefined ? undefined : positionIn(identity, cursor),
    limit,
    scanLimit,
    batch: unread ? Math.max(limit + 1, 100) : limit + 1,
  }
  const { kept, next } = await readMerged(ctx.store, page, ({ item }) => {
    const record = toRecord(item)
    const isWanted = record.fields['ownerId'] === id && !(unread && record.fields['readAt'] !== undefined)
    return isWanted ? viewNotification(record) : undefined
  })
  return { items: kept, ...(next !== undefined && { nextCursor: encodeCursor(identity, { s: next }) }) }
}

function positionIn(identity: unknown, cursor: string): string {
  const position = decodeCursor(identity, cursor)['s']
  if (position === undefined) throw invalidCursor()
  return position
}
