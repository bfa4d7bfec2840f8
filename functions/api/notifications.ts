import { ok } from '#functions/edge/answers.ts'
import { etagOf } from '#functions/edge/conditions.ts'
import { on } from '#functions/edge/endpoint.ts'
import { serve } from '#functions/edge/route.ts'
import { findNotifications } from '#lib/notifications/find-notifications.ts'
import * as Ask from '#schemas/api/notifications.ts'

export const handler = serve([
  on(Ask.FindNotifications, async (ctx, { query }) => ok(await findNotifications(ctx, query))),
  on(Ask.MarkNotificationRead, async (ctx, { path: { id } }) => {
    // The writing half of the engine: most calls look whether there is something new.
    const { markRead } = await import('#lib/notifications/mark-read.ts')
    const read = await markRead(ctx, id)
    return ok(read, { etag: etagOf(id, read.version) })
  }),
])
