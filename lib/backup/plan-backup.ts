import * as z from 'zod'
import { type BackupPlan, backupFiles, keepOnce } from '#lib/backup/backup-files.ts'
import { type TableShape, tableShape } from '#lib/backup/catalogue.ts'
import { type Base, findBase } from '#lib/backup/find-base.ts'
import { type IncrementalWindow, incrementalWindow } from '#lib/backup/incremental-window.ts'
import type { BackupTools } from '#lib/backup/read-chain.ts'
import type { Vault } from '#lib/backup/vault.ts'
import { loadRun } from '#lib/cleanup/run-job.ts'
import { tellStep } from '#lib/maintenance/tell-step.ts'
import type { Context } from '#lib/runtime/context.ts'
import type { Files } from '#lib/runtime/files.ts'
import { derivedId } from '#lib/runtime/ids.ts'
import { backup } from '#schemas/system/backup.ts'

/** What the steps of a backup work with. */
export type BackupWork = BackupTools & {
  files: Files /** Versions of the files bucket. */
  fileVersions: Pick<Vault, 'listVersions'>
}

/** What the workflow asks DynamoDB for. Asked for again with the token, it is the same export. */
export type ExportOrder = Partial<IncrementalWindow> & {
  runId: string
  kind: BackupPlan['kind']
  clientToken: string
  pollSeconds: number
}

const request = z.object({ full: z.boolean().optional() }).catch({})

/** Settles whether a backup is full or goes on from the one before. Planned again it answers what was planned first. */
export async function planBackup(
  ctx: Context,
  { files, ...tools }: BackupWork,
  { runId, table }: { runId: string; table: unknown },
): Promise<ExportOrder> {
  const { fields } = await loadRun(ctx, runId)
  const base = request.parse(fields['request']).full ? undefined : await findBase(ctx, tools)
  const shape = tableShape.parse(table)
  const plan = await keepOnce(files, backupFiles.plan(runId), newPlan(ctx, { runId, base, shape }))
  await tellStep(ctx, runId, 'export')
  return orderOf(ctx, plan)
}

function newPlan(
  ctx: Context,
  { runId, base, shape }: { runId: string; base: Base | undefined; shape: TableShape },
): BackupPlan {
  const at = ctx.clock.now()
  const backupId = derivedId(backup.prefix, { at, seed: runId })
  const common = { runId, backupId, plannedAt: at.toISOString(), table: shape }
  if (!base || !incrementalWindow(ctx.tenant, { fromAt: base.cutOffAt, now: at }))
    return { ...common, kind: 'full', fullId: backupId }
  const { fullId, ...rest } = base
  return { ...common, kind: 'incremental', fullId, base: rest }
}

function orderOf({ tenant }: Context, { runId, kind, base, plannedAt }: BackupPlan): ExportOrder {
  const window = base && incrementalWindow(tenant, { fromAt: base.cutOffAt, now: new Date(plannedAt) })
  return { runId, kind, clientToken: runId, ...window, pollSeconds: tenant.backupPace?.pollSeconds ?? 20 }
}
