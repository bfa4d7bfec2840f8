import type { OperationText } from '#functions/api/openapi/operation-texts.ts'

/** What the documentation says of quality and of the inbox. */
export const qualityTexts = {
  readQuality: {
    summary: 'How good the data is, and its trend',
    description:
      'As the last cleanup found it, of the records that your role lets you see: your own, your team’s or all. With `by` ' +
      'told apart by owner, source or month of creation. The score of a single record is its member `quality`.',
    codes: ['validation_failed', 'not_found'],
  },
  findWeeklyReports: {
    summary: 'List my weekly quality reports',
    description: 'Each owner and manager gets one a week, in the inbox too; the newest first.',
    codes: ['validation_failed', 'invalid_cursor'],
  },
  getWeeklyReport: {
    summary: 'Get a weekly quality report',
    description:
      'With addresses of its files: a table (CSV for Excel) and a chart of the trend (SVG). Each gives its file for 15 minutes.',
    codes: ['not_found'],
  },
  findNotifications: {
    summary: 'List my notifications',
    description: 'One’s own inbox, the newest first. A page of unread ones can be short and still have a `nextCursor`.',
    codes: ['validation_failed', 'invalid_cursor'],
  },
  markNotificationRead: {
    summary: 'Mark a notification as read',
    description: 'One’s own; again it changes nothing.',
    codes: [
      'validation_failed',
      'unknown_field',
      'idempotency_key_reused',
      'payload_too_large',
      'unsupported_media_type',
      'not_found',
    ],
  },
} as const satisfies Record<string, OperationText>
