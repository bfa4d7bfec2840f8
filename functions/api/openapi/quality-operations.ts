import { jsonAnswer } from '#functions/api/openapi/answers.ts'
import { type Body, emptyBody } from '#functions/api/openapi/bodies.ts'
import { exampleId } from '#functions/api/openapi/examples.ts'
import { reference, type Schema } from '#functions/api/openapi/fields.ts'

const at = '2026-03-29T18:00:00.000Z'
const findings = { completeness: 31, phoneInvalid: 4 }
const trend = [
  { at: '2026-03-22T18:00:00.000Z', records: 118, score: 79.5, below: 17 },
  { at, records: 120, score: 82.4, below: 14 },
]

const overview = {
  at,
  runId: 'run_01jq2v7m4hf8r9s0t1v2w3x4y5',
  threshold: 60,
  objects: [
    {
      object: 'customer',
      scope: 'team',
      records: 120,
      score: 82.4,
      below: 14,
      findings,
      groups: [
        { key: 'website', title: '官网表单', records: 70, score: 88.1, below: 3, findings: { completeness: 9 } },
      ],
      trend,
    },
  ],
}

const summary = [{ object: 'customer', records: 120, score: 82.4, below: 14, change: 2.9 }]
const report = {
  id: exampleId('qualityReport'),
  object: 'qualityReport',
  title: '数据质量周报 2026-03-30',
  scheduledAt: '2026-03-30T00:00:00.000Z',
  snapshotAt: at,
  summary,
}
const file = {
  name: 'quality-2026-03-30.csv',
  contentType: 'text/csv; charset=utf-8',
  url: 'https://files.example/reports/qrp_01jq2v7m4hf8r9s0t1v2w3x4y5/quality.csv?X-Amz-Signature=1f2e',
  expiresAt: '2026-03-30T01:15:00.000Z',
}

const notification = {
  id: exampleId('notification'),
  object: 'notification',
  version: 1,
  kind: 'weeklyQualityReport',
  title: '数据质量周报 2026-03-30',
  body: '客户 120 条，平均 82.4 分（较上周 +2.9），低于 60 分的有 14 条。',
  link: '/v1/quality/reports/qrp_01jq2v7m4hf8r9s0t1v2w3x4y5',
  sentAt: '2026-03-30T00:00:04.120Z',
}

/** What the operations of quality and of the inbox take, and what they answer when all is well. */
export const qualityExchanges = {
  readQuality: {
    answers: { 200: jsonAnswer('How good the data is.', reference('QualityOverview'), { example: overview }) },
  },
  findWeeklyReports: {
    answers: {
      200: jsonAnswer('A page of reports.', reference('WeeklyReportPage'), { example: { items: [report] } }),
    },
  },
  getWeeklyReport: {
    answers: {
      200: jsonAnswer('The report.', reference('WeeklyReport'), { example: { ...report, files: [file] } }),
    },
  },
  findNotifications: {
    answers: {
      200: jsonAnswer('A page of the inbox.', reference('Inbox'), { example: { items: [notification] } }),
    },
  },
  markNotificationRead: {
    body: emptyBody(),
    answers: {
      200: jsonAnswer('The notification, read.', reference('InboxNotification'), {
        headers: ['ETag', 'IdempotencyReplayed'],
        example: { ...notification, version: 2, readAt: '2026-03-30T01:02:00.000Z' },
      }),
    },
  },
} satisfies Record<string, { body?: Body; answers: Record<string, Schema> }>
