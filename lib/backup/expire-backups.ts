import type { CatalogueEntry } from '#lib/backup/catalogue.ts'
import { changeBackup } from '#lib/backup/change-backup.ts'
import { type BackupTools, readLink } from '#lib/backup/read-chain.ts'
import type { Vault } from '#lib/backup/vault.ts'
import { exportPrefix, vaultKeys } from '#lib/backup/vault-keys.ts'
import { CrmError } from '#lib/errors.ts'
import type { Context } from '#lib/runtime/context.ts'
import { policyOf } from '#lib/settings/policy.ts'

/** 2 days: an export that has no catalogue by then will get none. */
const unfinishedMs = 172_800_000
/** 1 minute to end in. */
const reserveMs = 60_000

/** What was deleted: backups whose time is over, and files that belong to none. */
export type Expired = { backups: number; files: number }

/**
 * Deletes backups whose time is over, and exports that never came to a catalogue. A full backup stays as long as one that
 * builds on it, the newest chain stays whatever its age, and what a lock still holds stays for a later run.
 */
export async function expireBackups(
  ctx: Context,
  tools: BackupTools,
  { remainingMs }: { remainingMs(): number },
): Promise<Expired> {
  const entries = await readEntries(ctx, tools)
  // Whose files they are cannot be told when one catalogue cannot be read.
  if (!entries) return { backups: 0, files: 0 }
  const kept = new Set(entries)
  let backups = 0
  for (const entry of overdue(ctx, entries)) {
    if (!(await deleteCatalogue(tools.vault, entry.id))) continue
    kept.delete(entry)
    backups += 1
    await markExpired(ctx, entry.id)
  }
  return { backups, files: await sweep(ctx, { vault: tools.vault, kept, remainingMs }) }
}

async function readEntries(ctx: Context, tools: BackupTools): Promise<CatalogueEntry[] | undefined> {
  const entries: CatalogueEntry[] = []
  for await (const { key } of tools.vault.list(vaultKeys.prefixes.catalogue)) {
    const [, id] = key.match(/\/(\w+)\.json$/) ?? []
    if (id === undefined) continue
    try {
      entries.push((await readLink(tools, id)).entry)
    } catch (error) {
      if (!(error instanceof CrmError) || error.code !== 'backup_tampered') throw error
      ctx.log.error('A catalogue is not what was signed; nothing is deleted', { backupId: id, error })
      return undefined
    }
  }
  return entries
}

/** Whole chains whose last backup is past its time, the last link first. */
function overdue(ctx: Context, entries: readonly CatalogueEntry[]): CatalogueEntry[] {
  const keptMs = policyOf(ctx).backup.retentionDays * 86_400_000
  const since = new Date(ctx.clock.now().getTime() - keptMs).toISOString()
  const newestFirst = entries.toSorted((a, b) => (a.cutOffAt < b.cutOffAt ? 1 : -1))
  const current = newestFirst[0]?.fullId
  const lasting = new Set(newestFirst.filter(({ cutOffAt }) => cutOffAt >= since).map(({ fullId }) => fullId))
  return newestFirst.filter(({ fullId }) => fullId !== current && !lasting.has(fullId))
}

/** The signature goes last: a catalogue without one would be taken for altered. */
async function deleteCatalogue(vault: Vault, backupId: string): Promise<boolean> {
  const catalogue = vaultKeys.catalogue(backupId)
  for (const key of [vaultKeys.inventory(backupId), catalogue, vaultKeys.signature(catalogue)])
    if (!(await deleteAll(vault, key))) return false
  return true
}

async function deleteAll(vault: Vault, key: string): Promise<boolean> {
  for await (const { key: found, versionId } of vault.listVersions(key))
    if (found === key && !(await vault.deleteVersion(key, versionId))) return false
  return true
}

async function markExpired(ctx: Context, backupId: string): Promise<void> {
  try {
    await changeBackup(ctx, backupId, { state: 'expired' })
  } catch (error) {
    // A vault can know more backups than a table that was restored from one of them.
    if (!(error instanceof CrmError) || error.code !== 'not_found') throw error
  }
}

type Sweep = { vault: Vault; kept: ReadonlySet<CatalogueEntry>; remainingMs(): number }

async function sweep(ctx: Context, { vault, kept, remainingMs }: Sweep): Promise<number> {
  const named = [...kept].flatMap(({ manifests, files }) => [...manifests, ...files])
  const wanted = new Set(named.map(({ key, versionId }) => `${key} ${versionId}`))
  const before = ctx.clock.now().getTime() - unfinishedMs
  let deleted = 0
  for await (const { key, versionId, modifiedAt } of vault.listVersions(`${exportPrefix}/`)) {
    if (remainingMs() < reserveMs) break
    if (wanted.has(`${key} ${versionId}`) || modifiedAt.getTime() > before) continue
    if (await vault.deleteVersion(key, versionId)) deleted += 1
  }
  return deleted
}
