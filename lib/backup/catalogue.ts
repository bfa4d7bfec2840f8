import * as z from 'zod'
import { backupKinds } from '#schemas/system/backup.ts'

const time = z.iso.datetime()
const count = z.int().min(0)

/** One object of the vault as it was when it was catalogued: this version, these bytes. */
const vaultFile = z.strictObject({
  key: z.string().min(1),
  versionId: z.string().min(1),
  bytes: count,
  /** Of its bytes, in hex. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
})

/** A data file of an export. */
const dataFile = vaultFile.extend({
  items: count,
  /** Of its bytes, in base64, as the export's manifest has it. */
  md5: z.string(),
})

/** What a table is made of, in the words of CreateTable: what ImportTable needs to make it again. Of DescribeTable's answer it takes that much. */
export const tableShape = z.object({
  name: z.string(),
  AttributeDefinitions: z.array(z.object({ AttributeName: z.string(), AttributeType: z.enum(['S', 'N', 'B']) })),
  KeySchema: z.array(z.object({ AttributeName: z.string(), KeyType: z.enum(['HASH', 'RANGE']) })),
  GlobalSecondaryIndexes: z.array(
    z.object({
      IndexName: z.string(),
      KeySchema: z.array(z.object({ AttributeName: z.string(), KeyType: z.enum(['HASH', 'RANGE']) })),
      Projection: z.object({ ProjectionType: z.literal('ALL') }),
    }),
  ),
})

/**
 * What there is to know of a backup, as it stands in the vault under `catalogue/<id>.json`: signed, and enough to restore
 * without the table that it was made of.
 */
export const catalogueEntry = z.strictObject({
  format: z.literal('evergreen-backup/1'),
  id: z.string(),
  tenant: z.string(),
  kind: z.enum(backupKinds),
  /** The moment whose state it holds. */
  cutOffAt: time,
  /** Incremental: it holds the changes from then on, which is the `cutOffAt` of `previousId`. */
  fromAt: time.optional(),
  /** The full backup that it builds on; its own id when full. */
  fullId: z.string(),
  /** Incremental: the backup right before it in the chain. */
  previousId: z.string().optional(),
  /** SHA-256, in hex, of the catalogue file of `previousId`: a chain cannot be put together anew. */
  previousSha256: z.string().optional(),
  table: tableShape,
  exportArn: z.string(),
  /** manifest-summary and manifest-files with their .md5 files, as DynamoDB wrote them. */
  manifests: z.array(vaultFile),
  files: z.array(dataFile),
  items: count,
  /** Of all files. */
  bytes: count,
  /** Objects of the files bucket that belong to this moment, listed in a file of the vault. */
  inventory: vaultFile.extend({ objects: count }).optional(),
  runId: z.string(),
  madeAt: time,
})

/** A backup as the vault's catalogue has it. */
export type CatalogueEntry = z.infer<typeof catalogueEntry>
/** One object of the vault: which version, which bytes. */
export type VaultFile = z.infer<typeof vaultFile>
/** A data file of an export. */
export type DataFile = z.infer<typeof dataFile>
/** What a table is made of. */
export type TableShape = z.infer<typeof tableShape>
