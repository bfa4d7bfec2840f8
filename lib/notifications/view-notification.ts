import { textOf } from '#lib/records/owner-of.ts'
import type { StoredRecord } from '#lib/store/items.ts'
import type { NotificationView } from '#schemas/api/notifications.ts'

/** A notification as its recipient sees it. */
export function viewNotification({ id, version, fields, createdAt }: StoredRecord): NotificationView {
  const link = textOf(fields['link'])
  const readAt = textOf(fields['readAt'])
  return {
    id,
    object: 'notification',
    version,
    kind: textOf(fields['kind']) ?? '',
    title: textOf(fields['title']) ?? '',
    body: textOf(fields['body']) ?? '',
    ...(link !== undefined && { link }),
    sentAt: textOf(fields['sentAt']) ?? createdAt,
    ...(readAt !== undefined && { readAt }),
  }
}
