import { notFound } from '#lib/errors.ts'
import { changeJob } from '#lib/jobs/job-record.ts'
import { viewNotification } from '#lib/notifications/view-notification.ts'
import type { Context } from '#lib/runtime/context.ts'
import type { NotificationView } from '#schemas/api/notifications.ts'
import { notification } from '#schemas/system/notification.ts'

/**
 * Marks one of the actor's own notifications as read; one that is read already keeps its time.
 * @throws CrmError `not_found`, for those of others too.
 */
export async function markRead(ctx: Context, id: string): Promise<NotificationView> {
  const record = await changeJob(ctx, { object: notification, id }, ({ fields }) => {
    if (fields['ownerId'] !== ctx.actor.id) throw notFound(notification.name, id)
    return fields['readAt'] === undefined ? { readAt: ctx.clock.now().toISOString() } : undefined
  })
  return viewNotification(record)
}
