import { changeBackup } from '#lib/backup/change-backup.ts'
import { cutOffOf, isUsable, readBackups } from '#lib/backup/read-backups.ts'
import { type BackupTools, readLink } from '#lib/backup/read-chain.ts'
import { CrmError } from '#lib/errors.ts'
import { textOf } from '#lib/records/owner-of.ts'
import type { Context } from '#lib/runtime/context.ts'
import { policyOf } from '#lib/settings/policy.ts'

/** A backup that the next one can go on from. */
export type Base = { id: string; cutOffAt: string; sha256: string; fullId: string }

/** 2 hours: a weekly full backup is not put off by a week because the last one began a little later. */
const slackMs = 7_200_000

/**
 * The newest backup that can be restored, unless the full one that it builds on is as old as the policy lets it be. One whose
 * catalogue is not what was signed is marked as failed, and none is built on it.
 */
export async function findBase(ctx: Context, tools: BackupTools): Promise<Base | undefined> {
  const backups = await readBackups(ctx)
  const [newest] = backups.filter(isUsable)
  if (!newest) return undefined
  const full = backups.find(({ id }) => id === textOf(newest.fields['fullId']))
  const fullAgeMs = ctx.clock.now().getTime() - Date.parse(full ? cutOffOf(full) : '')
  const isDue = !(fullAgeMs < policyOf(ctx).backup.fullEveryDays * 86_400_000 - slackMs)
  if (!full || isDue) return undefined
  try {
    const { entry, sha256 } = await readLink(tools, newest.id)
    return { id: entry.id, cutOffAt: entry.cutOffAt, sha256, fullId: entry.fullId }
  } catch (error) {
    if (!(error instanceof CrmError) || error.code !== 'backup_tampered') throw error
    ctx.log.error('The last backup is not what was signed; a full one is made', { backupId: newest.id, error })
    await changeBackup(ctx, newest.id, { state: 'failed', failure: { code: error.code, detail: error.message } })
    return undefined
  }
}
