import { type BackupPlan, backupFiles, type ExportedTable, readKept } from '#lib/backup/backup-files.ts'
import type { CatalogueEntry, DataFile } from '#lib/backup/catalogue.ts'
import type { BackupWork } from '#lib/backup/plan-backup.ts'
import { writeSigned } from '#lib/backup/sign-file.ts'
import { vaultKeys } from '#lib/backup/vault-keys.ts'
import { writeBackup } from '#lib/backup/write-backup.ts'
import { writeInventory } from '#lib/backup/write-inventory.ts'
import type { EvidenceKey } from '#lib/evidence/evidence-key.ts'
import { tellStep } from '#lib/maintenance/tell-step.ts'
import type { Context } from '#lib/runtime/context.ts'
import { inParallel } from '#lib/runtime/in-parallel.ts'

/** 16 small files at a time: S3 takes thousands. */
const filesAtOnce = 16

type Signing = BackupWork & { evidence: Pick<EvidenceKey, 'sign'> }

/** Writes and signs the catalogue of a backup whose files are all verified: from now on it can be restored. */
export async function catalogueBackup(
  ctx: Context,
  work: Signing,
  runId: string,
): Promise<{ runId: string; backupId: string; place: number; polls: number; pollSeconds: number }> {
  const plan = await readKept<BackupPlan>(work.files, backupFiles.plan(runId))
  const exported = await readKept<ExportedTable>(work.files, backupFiles.exported(runId))
  const files = await readChecked(work, runId, exported.files.length)
  const inventory = await writeInventory(work, plan)
  const entry = entryOf(ctx, { plan, exported, files, inventory })
  await writeSigned(work, vaultKeys.catalogue(entry.id), `${JSON.stringify(entry, null, 1)}\n`)
  await writeBackup(ctx, entry)
  await tellStep(ctx, runId, 'copy', { name: 'verify', count: files.length })
  return { runId, backupId: entry.id, place: 0, polls: 0, pollSeconds: ctx.tenant.backupPace?.pollSeconds ?? 20 }
}

async function readChecked({ files }: BackupWork, runId: string, count: number): Promise<DataFile[]> {
  const found: DataFile[] = []
  await inParallel(Array.from({ length: count }).keys(), filesAtOnce, async place => {
    found[place] = await readKept<DataFile>(files, backupFiles.checked(runId, place))
  })
  return found
}

type Parts = {
  plan: BackupPlan
  exported: ExportedTable
  files: DataFile[]
  inventory: CatalogueEntry['inventory']
}

function entryOf({ tenant }: Context, { plan, exported, files, inventory }: Parts): CatalogueEntry {
  const { runId, backupId: id, kind, fullId, base, plannedAt: madeAt, table } = plan
  const { cutOffAt, exportArn, manifests, items } = exported
  const bytes = [...manifests, ...files].reduce((sum, file) => sum + file.bytes, 0)
  return {
    format: 'evergreen-backup/1',
    ...{ id, tenant: tenant.name, kind, cutOffAt },
    ...(base && { fromAt: base.cutOffAt }),
    fullId,
    ...(base && { previousId: base.id, previousSha256: base.sha256 }),
    ...{ table, exportArn, manifests, files, items, bytes },
    ...(inventory && { inventory }),
    ...{ runId, madeAt },
  }
}
