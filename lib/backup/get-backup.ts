import { type BackupTools, type Chain, readChain } from '#lib/backup/read-chain.ts'
import { viewBackup } from '#lib/backup/view-backup.ts'
import { CrmError } from '#lib/errors.ts'
import { loadJob } from '#lib/jobs/load-job.ts'
import type { Context } from '#lib/runtime/context.ts'
import type { StoredRecord } from '#lib/store/items.ts'
import type { JsonObject } from '#schemas/json.ts'
import { backup } from '#schemas/system/backup.ts'

/**
 * A backup with its files and all that it builds on, from its signed catalogue. One whose catalogue is no longer what was
 * signed says so as its failure.
 * @throws CrmError not_found, unavailable.
 */
export async function getBackup(ctx: Context, tools: BackupTools, id: string): Promise<JsonObject> {
  const record = await loadJob(ctx, backup, id)
  return isKept(record) ? { ...viewBackup(record), ...(await contentOf(tools, id)) } : viewBackup(record)
}

/** Whether the vault has it, as far as the record knows. */
function isKept({ fields: { state } }: StoredRecord): boolean {
  return state === 'unproven' || state === 'proven'
}

async function contentOf(tools: BackupTools, id: string): Promise<JsonObject> {
  try {
    return viewContent(await readChain(tools, id))
  } catch (error) {
    if (!(error instanceof CrmError) || error.code !== 'backup_tampered') throw error
    return { failure: { code: error.code, detail: error.message } }
  }
}

function viewContent({ newest, links, files }: Chain): JsonObject {
  const own = files.filter(({ backupId }) => backupId === newest.id)
  return {
    files: own.map(({ key, versionId, bytes, sha256, items }) => {
      return { key, versionId, bytes, sha256, ...(items !== undefined && { items }) }
    }),
    chain: links.map(link => link.id),
  }
}
