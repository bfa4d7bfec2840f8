import { afterAll, beforeAll } from 'vitest'
import { dataFile } from '#infra/local/dynamodb/process.ts'
import { openSidecar } from '#infra/local/dynamodb/sidecar.ts'
import { startTransfers, type Transfers } from '#infra/local/dynamodb/transfers/start-transfers.ts'
import { openVault, type Vault } from '#lib/backup/vault.ts'
import { copiedPrefixes } from '#lib/backup/vault-keys.ts'
import type { EvidenceKey } from '#lib/evidence/evidence-key.ts'
import type { Context } from '#lib/runtime/context.ts'
import { defaultPolicy } from '#schemas/settings.ts'
import { recoverableRecords, startTables, systemContext, type Tables, testTenant } from './table.ts'
import { evidenceArn, type ScratchVault, scratchBucket, startVault } from './vault.ts'

/** What backups and drills work on: a table with its exports and imports, a vault with its copy, the key of evidence. */
export type BackupGround = {
  tables: Tables
  transfers: Transfers
  scratch: ScratchVault
  vault: Vault
  evidence: EvidenceKey
  /** ARN of the key that catalogues are signed with. */
  evidenceKey: string
  /** The vault of the second region, which S3 copies the first one to. */
  copy: Vault
  context(more?: Partial<Context>): Context
}

export const copyBucket = 'vault-copy'
export const filesBucket = 'files'
export const filesCopyBucket = 'files-copy'
export const region = 'us-east-1'

/** A backup goes on from the one before however young that is. */
const backupPace = { incrementalFromMinutes: 0, pollSeconds: 1 }

/** What is copied to a bucket of the second region. */
export function copyTo(bucket: string, prefixes: readonly string[] = ['']) {
  const rules = prefixes.map(prefix => ({ prefix, bucket, withKms: true, withDeleteMarkers: false }))
  return { role: 'arn:aws:iam::000000000000:role/copy', rules }
}

/** Starts the engines of one test file. */
export function useBackups(): () => BackupGround {
  const running: { ground?: BackupGround } = {}
  beforeAll(async () => {
    running.ground = await startGround()
  })
  afterAll(async () => {
    await running.ground?.transfers.stop()
    await running.ground?.tables.stop()
    await running.ground?.scratch.stop()
  })
  return () => {
    if (!running.ground) throw new Error('The engines are started by beforeAll: use them inside a test.')
    return running.ground
  }
}

async function startGround(): Promise<BackupGround> {
  const tables = await startTables(undefined, { isRecoverable: true })
  openSidecar(dataFile(tables.directory)).close()
  // The secret that exports and imports sign with.
  const scratch = await startVault({ secret: 'local' })
  const { s3, vault, evidence } = scratch
  for (const bucket of [filesBucket, filesCopyBucket, copyBucket]) s3.createBucket(bucket, { versioning: true })
  s3.createBucket(scratchBucket, { replication: copyTo(copyBucket) })
  s3.createBucket(filesBucket, { replication: copyTo(filesCopyBucket, copiedPrefixes) })
  const transfers = await startTransfers({
    ...{ directory: tables.directory, engineUrl: tables.url, tables: [recoverableRecords], region },
    s3Url: () => s3.url,
  })
  const common = { tenant: { ...testTenant, backupPace }, policy: defaultPolicy }
  return {
    ...{ tables, transfers, scratch, vault, evidence },
    evidenceKey: await evidenceArn('alias/evidence'),
    copy: openVault(copyBucket),
    context: more => systemContext(tables, { ...common, ...more }),
  }
}
