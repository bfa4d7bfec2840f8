import * as z from 'zod'
import type { StoredRecord } from '#lib/store/items.ts'
import { type ReportSummary, reportLine } from '#schemas/api/quality.ts'

const stored = z.object({
  title: z.string(),
  scheduledAt: z.string(),
  snapshotAt: z.string(),
  summary: z.array(reportLine),
  files: z.array(z.object({ key: z.string(), name: z.string(), contentType: z.string() })),
})

/** A weekly report in short, as the API shows it. */
export function viewReport({ id, fields }: StoredRecord): ReportSummary {
  const { files: _files, ...report } = stored.parse(fields)
  return { id, object: 'qualityReport', ...report }
}

/** The files of a report: where each is, and what it is called. */
export function filesOf({ fields }: StoredRecord): z.infer<typeof stored>['files'] {
  return stored.parse(fields).files
}
