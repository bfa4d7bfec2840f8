import * as z from 'zod'
import { defineContract, emptyBody, noBody, noParameters } from '#schemas/api/contract.ts'
import { cursor, flag, limit } from '#schemas/api/parameters.ts'

export const FindNotifications = defineContract({
  operationId: 'findNotifications',
  path: noParameters,
  query: z.strictObject({
    unread: flag('Only those that are not marked as read.'),
    limit: limit(50),
    cursor,
  }),
  body: noBody,
})

export const MarkNotificationRead = defineContract({
  operationId: 'markNotificationRead',
  path: z.object({ id: z.string() }),
  query: noParameters,
  body: emptyBody,
})

const time = z.iso.datetime()

/** A notification as its recipient sees it. */
export const notificationView = z.strictObject({
  id: z.string(),
  object: z.literal('notification'),
  version: z.int().min(1),
  kind: z.string().meta({ description: 'What it is about, for programs: `weeklyQualityReport`.' }),
  title: z.string(),
  body: z.string(),
  link: z.string().optional().meta({ description: 'Path of the API that has more.' }),
  sentAt: time,
  readAt: time.optional().meta({ description: 'Absent: unread.' }),
})

/** A page of the inbox, the newest first. */
export const notificationPage = z.strictObject({
  items: z.array(notificationView),
  nextCursor: z.string().optional(),
})

/** A notification as the API shows it. */
export type NotificationView = z.infer<typeof notificationView>
