import * as z from 'zod'
import { backupKinds } from '#schemas/system/backup.ts'

const time = z.iso.datetime()
const count = z.int().min(0)
const bytes = z.int().min(0)
const seconds = z.number().min(0)

/** What an archive holds. */
export const archiveReport = z.strictObject({
  backupId: z.string(),
  cutOffAt: time.meta({ description: 'The moment whose state it holds; the access log goes on to when it was made.' }),
  bytes,
  sha256: z.string().meta({ description: 'Of the file, in hex.' }),
  counts: z.strictObject({ records: count, history: count, keys: count, files: count, accessLogs: count }),
  missing: count.meta({
    description: 'Files that belonged to the backup and have expired since; the manifest names them.',
  }),
  expiresAt: time.meta({ description: 'When the file is deleted.' }),
})

/** What an archive holds. */
export type ArchiveReport = z.infer<typeof archiveReport>

/** What a backup run made. */
export const backupReport = z.strictObject({
  backupId: z.string(),
  kind: z.enum(backupKinds),
  cutOffAt: time.meta({ description: 'The moment whose state the backup holds.' }),
  fromAt: time.optional().meta({ description: 'Incremental: changes since then.' }),
  items: count,
  files: count,
  bytes,
  billedBytes: bytes.meta({ description: 'What DynamoDB reckons the export by.' }),
  copiedBytes: bytes.meta({ description: 'Seen in the second region, byte for byte.' }),
  expired: count.meta({ description: 'Older backups whose time was over, deleted.' }),
})

/** A record that a restored backup and the live table tell differently. */
const drillDifference = z.strictObject({
  record: z.string(),
  code: z.enum(['missing_in_backup', 'missing_live', 'different', 'derived_different']),
  detail: z.string(),
})

/** What a restore drill measured. Zero differences: the backup is proven. */
export const drillReport = z.strictObject({
  backupId: z.string(),
  chain: z.array(z.string()).meta({ description: 'The full backup and the incremental ones that were applied.' }),
  cutOffAt: time,
  rpoSeconds: seconds.meta({ description: 'Age of the backup when the drill began: what would have been lost.' }),
  rtoSeconds: seconds.meta({ description: 'From the start until the restored table could be read.' }),
  compared: z.strictObject({ records: count, changes: count, derived: count }),
  explained: z.record(z.string(), count).meta({
    description: 'Items that differ for a known reason: `changed_since`, `in_flight`, `purged_since`, `notes`.',
  }),
  differences: count.meta({ description: 'Records that differ for no known reason.' }),
  examples: z.array(drillDifference).meta({ description: 'The first 20 of them.' }),
  importedBytes: bytes.meta({ description: 'What DynamoDB reckons the import by.' }),
  readChecks: z.strictObject({ done: count, failed: count }),
  problems: z.array(z.strictObject({ code: z.string(), detail: z.string() })),
  signature: z.strictObject({ key: z.string(), algorithm: z.string() }).optional(),
})

/** What a backup run made. */
export type BackupReport = z.infer<typeof backupReport>
/** What a restore drill measured. */
export type DrillReport = z.infer<typeof drillReport>
