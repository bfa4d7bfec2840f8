import type { TableShape, VaultFile } from '#lib/backup/catalogue.ts'
import type { Files } from '#lib/runtime/files.ts'
import type { backupKinds } from '#schemas/system/backup.ts'

/** What a backup goes by from its first step to its last. */
export type BackupPlan = {
  runId: string
  backupId: string
  plannedAt: string
  kind: (typeof backupKinds)[number]
  /** The full backup that it builds on; itself when full. */
  fullId: string
  /** Incremental: the backup before it, where it ended, and the sum of its catalogue. */
  base?: { id: string; cutOffAt: string; sha256: string }
  table: TableShape
}

/** A data file that the manifest of an export names. */
export type ExportedFile = { key: string; items: number; md5: string }

/** An export as its manifests describe it. */
export type ExportedTable = {
  exportArn: string
  cutOffAt: string
  items: number
  billedBytes: number
  manifests: VaultFile[]
  files: ExportedFile[]
}

/** Keys of what the steps of a backup keep for each other, in the files bucket. */
export const backupFiles = {
  plan: (runId: string) => `backups/${runId}/plan.json`,
  exported: (runId: string) => `backups/${runId}/export.json`,
  checked: (runId: string, place: number) => `backups/${runId}/checked/${String(place).padStart(6, '0')}.json`,
  inventory: (runId: string) => `backups/${runId}/inventory.json`,
  failure: (runId: string) => `backups/${runId}/failure.json`,
}

const json = { contentType: 'application/json' }

/** Keeps what a step came to, unless one before it did; returns what is kept. */
export async function keepOnce<T>(files: Files, key: string, value: T): Promise<T> {
  const isOurs = await files.writeNew(key, JSON.stringify(value), json)
  return isOurs ? value : readKept<T>(files, key)
}

/**
 * What a step has kept.
 * @throws CrmError `not_found`.
 */
export async function readKept<T>(files: Files, key: string): Promise<T> {
  return JSON.parse(await files.readText(key))
}
