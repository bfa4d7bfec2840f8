import * as z from 'zod'
import { exportStates } from '#schemas/system/export.ts'
import { duplicatePolicies, importStates } from '#schemas/system/import.ts'

/** What the API answers about imports and exports. */

const time = z.iso.datetime()
const count = z.int().min(0)

const problem = z.strictObject({
  row: z.int().min(0).meta({ description: 'Row of data, from 1; 0: the file as a whole.' }),
  column: z.string().optional().meta({ description: 'Header of the column.' }),
  field: z.string().optional(),
  code: z.string().meta({ description: 'Which rule is broken.' }),
  detail: z.string().meta({ description: 'What is wrong and how to mend it.' }),
})

const counts = z.strictObject({
  rows: count.meta({ description: 'Rows of data in the file.' }),
  created: count,
  updated: count,
  skipped: count.meta({ description: 'Left as they were: the record exists already, or has nothing to change.' }),
  rejected: count,
})

const format = z.strictObject({
  encoding: z.string(),
  delimiter: z.string(),
  header: z.array(z.string()),
  hasBom: z.boolean(),
  newline: z.string(),
})

const mapping = z.record(z.string(), z.string()).meta({ description: 'Column to field; empty text: left out.' })

const report = z.strictObject({
  check: z
    .strictObject({ rows: count, accountedFor: count, notReached: count, holds: z.boolean() })
    .meta({ description: '`rows` must be created, updated, skipped, rejected and not reached (canceled, failed).' }),
  completeness: z
    .record(z.string(), z.number().min(0).max(1))
    .meta({ description: 'Per field that a column is mapped to: the share of accepted rows with a value.' }),
  invalidEmails: count,
  invalidPhones: count.meta({ description: 'Rejected, or kept although no numbering plan knows them.' }),
  duplicates: count.meta({ description: 'Rows whose record existed already.' }),
  reasons: z.record(z.string(), count).meta({ description: 'Rejected and skipped rows by reason.' }),
  firstRejects: z.array(problem),
})

/** An import: how far it is and what came of it. */
export const importView = z.strictObject({
  id: z.string(),
  object: z.literal('import'),
  version: z.int().min(1),
  state: z.enum(importStates),
  fileName: z.string().optional(),
  target: z.string().optional().meta({ description: 'Plural of the object that the rows become.' }),
  onDuplicate: z.enum(duplicatePolicies).optional(),
  dryRun: z.boolean().optional(),
  counts,
  progress: z.number().min(0).max(1),
  ownerId: z.string(),
  createdAt: time,
  startedAt: time.optional(),
  endedAt: time.optional(),
  format: format.optional(),
  mapping: mapping.optional(),
  report: report.optional(),
  problem: z.strictObject({ code: z.string(), detail: z.string() }).optional(),
  undo: z
    .strictObject({ removed: count, reverted: count, conflicts: count })
    .optional()
    .meta({ description: 'What undoing did; conflicts are records that were changed since and stay.' }),
})

/** A new import and where its file goes. */
export const createdImport = importView.extend({
  upload: z
    .strictObject({
      url: z.url(),
      method: z.literal('PUT'),
      headers: z.record(z.string(), z.string()).meta({ description: 'Must be sent with the file.' }),
      expiresAt: time,
    })
    .optional()
    .meta({ description: 'Absent where the file of an earlier import is used again.' }),
})

/** What an import would make of its file. */
export const importInspection = z.strictObject({
  id: z.string(),
  format,
  target: z.string().optional(),
  mapping: mapping.optional(),
  preset: z.string().optional().meta({ description: 'The program whose export this looks like.' }),
  unmapped: z.array(z.string()).meta({ description: 'Columns for which no field was found.' }),
  confidence: z.record(z.string(), z.number()).meta({ description: 'Per column, how sure its field is.' }),
  sample: z.array(z.strictObject({ row: z.int().min(1), cells: z.array(z.string()) })),
  problems: z.array(problem).meta({ description: 'What is wrong with the first rows.' }),
})

/** Records that undoing an import left alone, because they were changed since. */
export const importConflicts = z.strictObject({
  items: z.array(z.strictObject({ row: z.int().min(1), id: z.string(), code: z.string(), detail: z.string() })),
  nextCursor: z.string().optional(),
})

/** An export: how far it is and where its file is. */
export const exportView = z.strictObject({
  id: z.string(),
  object: z.literal('export'),
  version: z.int().min(1),
  state: z.enum(exportStates),
  target: z.string(),
  format: z.enum(['csv', 'ndjson']),
  encoding: z.string(),
  counts: z.strictObject({ rows: count }),
  ownerId: z.string(),
  createdAt: time,
  endedAt: time.optional(),
  problem: z.strictObject({ code: z.string(), detail: z.string() }).optional(),
  download: z.strictObject({ url: z.url(), expiresAt: time }).optional(),
})

/** One problem of a row. */
export type RowProblem = z.infer<typeof problem>
/** What an import found and did. */
export type ImportReport = z.infer<typeof report>
/** An import as the API shows it. */
export type ImportView = z.infer<typeof importView>
