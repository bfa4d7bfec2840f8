import * as z from 'zod'
import { defineContract, noBody, noParameters } from '#schemas/api/contract.ts'
import { cursor, limit, moment } from '#schemas/api/parameters.ts'

/** What the records of an object can be told apart by. */
export const qualityGroupings = ['owner', 'source', 'month'] as const

export const ReadQuality = defineContract({
  operationId: 'readQuality',
  path: noParameters,
  query: z.strictObject({
    object: z
      .string()
      .min(1)
      .max(60)
      .meta({ description: 'Plural or name of the object; all of them unless told.', examples: ['customers'] })
      .optional(),
    by: z
      .enum(qualityGroupings)
      .meta({ description: 'Also tell apart by owner, by source or by the month in which records were created.' })
      .optional(),
    from: moment('Begin of the trend; 26 weeks before its end unless told.'),
    to: moment('End of the trend, and the time whose latest figures are shown; now unless told.'),
  }),
  body: noBody,
})

export const FindWeeklyReports = defineContract({
  operationId: 'findWeeklyReports',
  path: noParameters,
  query: z.strictObject({ limit: limit(50), cursor }),
  body: noBody,
})

export const GetWeeklyReport = defineContract({
  operationId: 'getWeeklyReport',
  path: z.object({ id: z.string() }),
  query: noParameters,
  body: noBody,
})

const time = z.iso.datetime()
const count = z.int().min(0)
const score = z.number().min(0).max(100).meta({ description: 'Mean score of the records, 0 to 100; one decimal.' })

const tally = z.strictObject({
  records: count,
  score,
  below: count.meta({ description: 'Records whose score is below the threshold.' }),
  findings: z.record(z.string(), count).meta({ description: 'Records with a finding, by rule.' }),
})

/** Some records of an object: those of an owner, a source or a month. */
const qualityGroup = tally.extend({
  key: z.string().meta({ description: 'User id, source or month; `none`: has none, `other`: all the rest.' }),
  title: z.string().meta({ description: 'For people, in the language of the tenant.' }),
})

const trendPoint = z.strictObject({ at: time, records: count, score, below: count })

const audited = z.strictObject({
  checked: count.meta({ description: 'Records that a person has looked at.' }),
  wrong: count.meta({ description: 'Those in which something was wrong.' }),
  accuracy: z.number().min(0).max(1).meta({ description: 'Share in which nothing was wrong.' }),
})

/** What people found who looked at a sample of the records, of every kind. */
const qualityAudit = audited.extend({
  id: z.string().meta({ description: 'The audit.' }),
  month: z.string(),
  owners: z.array(audited.extend({ key: z.string(), title: z.string() })),
})

/** The quality of the records of one object that the caller may see. */
const objectQuality = tally.extend({
  object: z.string(),
  scope: z.enum(['own', 'team', 'all']).meta({ description: 'Whose records are counted, by the role of the caller.' }),
  groups: z.array(qualityGroup).optional().meta({ description: 'With `by`; the largest first, months in order.' }),
  trend: z.array(trendPoint).meta({ description: 'The oldest first.' }),
})

/** How good the data is, as the last cleanup found it. */
export const qualityOverview = z.strictObject({
  at: time.optional().meta({ description: 'When this was found; absent while no cleanup has run.' }),
  runId: z.string().optional(),
  threshold: z.int().min(0).max(100).meta({ description: 'Records with a lower score count as `below`.' }),
  objects: z.array(objectQuality),
  audits: z
    .array(qualityAudit)
    .optional()
    .meta({ description: 'What people found in the samples of these months, the latest first.' }),
})

const reportFile = z.strictObject({
  name: z.string(),
  contentType: z.string(),
  url: z.url().meta({ description: 'Gives the file, without a token, until it expires.' }),
  expiresAt: time,
})

/** One object of a weekly report. */
export const reportLine = z.strictObject({
  object: z.string(),
  records: count,
  score,
  below: count,
  change: z.number().optional().meta({ description: 'Points gained or lost since a week before, when that is known.' }),
})

/** A weekly report: what it says in short. */
const reportSummary = z.strictObject({
  id: z.string(),
  object: z.literal('qualityReport'),
  title: z.string(),
  scheduledAt: time,
  snapshotAt: time,
  summary: z.array(reportLine),
})

/** A page of reports, the newest first. */
export const qualityReportPage = z.strictObject({ items: z.array(reportSummary), nextCursor: z.string().optional() })

/** A weekly report with its files. */
export const qualityReportView = reportSummary.extend({ files: z.array(reportFile) })

/** How good the data is, as the API shows it. */
export type QualityOverview = z.infer<typeof qualityOverview>
/** The quality of the records of one object, as the API shows it. */
export type ObjectQuality = z.infer<typeof objectQuality>
/** What people found in a sample, as the API shows it. */
export type QualityAudit = z.infer<typeof qualityAudit>
/** Some records of an object, as the API shows them. */
export type QualityGroup = z.infer<typeof qualityGroup>
/** What a report says in short. */
export type ReportSummary = z.infer<typeof reportSummary>
/** A report as the API shows it. */
export type QualityReportView = z.infer<typeof qualityReportView>
