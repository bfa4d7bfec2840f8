import * as z from 'zod'
import { defineContract, noBody, noParameters } from '#schemas/api/contract.ts'
import { cursor, limit } from '#schemas/api/parameters.ts'
import { backupKinds, backupStates } from '#schemas/system/backup.ts'

const backupPath = z.object({ id: z.string() })

export const FindBackups = defineContract({
  operationId: 'findBackups',
  path: noParameters,
  query: z.strictObject({ state: z.enum(backupStates).optional(), limit: limit(20), cursor }),
  body: noBody,
})

export const GetBackup = defineContract({
  operationId: 'getBackup',
  path: backupPath,
  query: noParameters,
  body: noBody,
})

const time = z.iso.datetime()
const count = z.int().min(0)

/** A file of a backup as its catalogue has it. */
const file = z.strictObject({
  key: z.string(),
  versionId: z.string(),
  bytes: count,
  items: count.optional(),
  sha256: z.string().meta({ description: 'Of its bytes, in hex.' }),
})

/** A backup: what it holds, and whether a restore has proven it. */
export const backupView = z.strictObject({
  id: z.string(),
  object: z.literal('backup'),
  version: z.int().min(1),
  kind: z.enum(backupKinds),
  state: z.enum(backupStates),
  cutOffAt: time.optional().meta({ description: 'The moment whose state it holds.' }),
  fromAt: time.optional().meta({ description: 'Incremental: it holds the changes since then.' }),
  fullId: z.string().optional().meta({ description: 'The full backup that it builds on; itself when full.' }),
  previousId: z.string().optional(),
  items: count.optional(),
  bytes: count.optional(),
  fileCount: count.optional(),
  copiedAt: time.optional().meta({ description: 'Seen in the second region, byte for byte.' }),
  runId: z.string(),
  provenBy: z.string().optional().meta({ description: 'The restore drill.' }),
  provenAt: time.optional(),
  expiresAt: time.optional(),
  failure: z.strictObject({ code: z.string(), detail: z.string() }).optional(),
  files: z.array(file).optional().meta({ description: 'Only where one backup is read.' }),
  chain: z.array(z.string()).optional().meta({ description: 'Backups needed to restore this one, in order.' }),
})

/** A page of backups, the latest first. */
export const backupPage = z.strictObject({ items: z.array(backupView), nextCursor: z.string().optional() })

/** A backup as the API shows it. */
export type BackupView = z.infer<typeof backupView>
