import * as z from 'zod'
import { keepOnce } from '#lib/backup/backup-files.ts'
import type { TableShape } from '#lib/backup/catalogue.ts'
import { isUsable, readBackups } from '#lib/backup/read-backups.ts'
import { type Chain, readChain } from '#lib/backup/read-chain.ts'
import { exportRoot } from '#lib/backup/vault-keys.ts'
import { verifyListing } from '#lib/backup/verify-listing.ts'
import { loadRun } from '#lib/cleanup/run-job.ts'
import { deleteLeftovers } from '#lib/drill/delete-leftovers.ts'
import { type DrillPlan, drillFiles, type Side } from '#lib/drill/drill-files.ts'
import type { DrillWork } from '#lib/drill/drill-work.ts'
import { keepDamaged } from '#lib/drill/keep-damaged.ts'
import { CrmError, notFound } from '#lib/errors.ts'
import { tellStep } from '#lib/maintenance/tell-step.ts'
import type { Context } from '#lib/runtime/context.ts'

/** What the workflow asks DynamoDB for, and the shares of work that its maps go through. */
export type DrillOrder = {
  runId: string
  clientToken: string
  table: string
  /** Where the full backup's data files begin in the vault. */
  source: string
  shape: Omit<TableShape, 'name'>
  lanes: { runId: string; share: number; shares: number }[]
  digests: { runId: string; side: Side; segment: number; segments: number }[]
  partitions: { runId: string; partition: number }[]
  pollSeconds: number
}

/** 40 shares of files, 8 of a table, at the most: the table serves them and people's requests. */
const mostShares = 40
const mostSegments = 8
const itemsPerSegment = 50_000
/** 200,000 items of both tables are held for a comparison: some 60 MB. */
const itemsPerPartition = 200_000

const started = z.object({
  startedAt: z.iso.datetime(),
  request: z.object({ backupId: z.string() }).nullish(),
})

/**
 * Chooses the backup of a drill, checks its catalogues and what the vault has of it, and deletes what dead drills have left.
 * @throws CrmError not_found when there is no such backup; backup_tampered naming the file.
 */
export async function planDrill(ctx: Context, work: DrillWork, runId: string): Promise<DrillOrder> {
  const { startedAt, request } = started.parse((await loadRun(ctx, runId)).fields)
  const backupId = await chosen(ctx, request?.backupId)
  const named = { runId, backupId, startedAt }
  // Kept before it is looked at: whoever ends a drill that was refused knows of which backup.
  await keepOnce(work.files, drillFiles.plan(runId), { ...named, table: work.tablePrefix + runId })
  const chain = await readChain(work, backupId)
  for (const link of chain.links)
    await keepDamaged(work.files, { runId, backupId: link.id }, () => verifyListing(work.vault, link))
  await deleteLeftovers(ctx, work, runId)
  const plan = planOf(work, named, chain)
  await work.files.write(drillFiles.plan(runId), JSON.stringify(plan), { contentType: 'application/json' })
  await tellStep(ctx, runId, 'verify')
  return orderOf(ctx, plan, chain)
}

/** The newest that can be restored, unless one was asked for. */
async function chosen(ctx: Context, backupId: string | undefined): Promise<string> {
  const usable = (await readBackups(ctx)).filter(isUsable)
  const found = backupId === undefined ? usable[0] : usable.find(({ id }) => id === backupId)
  if (found) return found.id
  if (backupId !== undefined) throw notFound('backup', backupId)
  throw new CrmError('not_found', 'There is no backup that can be restored. Start a backup first.')
}

function planOf(
  { tablePrefix }: DrillWork,
  { runId, backupId, startedAt }: Pick<DrillPlan, 'runId' | 'backupId' | 'startedAt'>,
  { full, links, newest }: Chain,
): DrillPlan {
  return {
    ...{ runId, backupId, startedAt, cutOffAt: newest.cutOffAt },
    chain: links.map(({ id }) => id),
    table: tablePrefix + runId,
    segments: Math.min(mostSegments, Math.ceil(full.items / itemsPerSegment) || 1),
    partitions: Math.ceil(full.items / itemsPerPartition) || 1,
  }
}

function orderOf({ tenant }: Context, { runId, table, segments, partitions }: DrillPlan, chain: Chain): DrillOrder {
  const { name: _name, ...shape } = chain.full.table
  const shares = Math.min(mostShares, chain.files.length)
  const times = <T>(count: number, make: (place: number) => T) =>
    Array.from({ length: count }, (_, place) => make(place))
  const sides: readonly Side[] = ['live', 'restored']
  return {
    ...{ runId, clientToken: runId, table, shape },
    source: `${exportRoot(chain.full.exportArn)}data/`,
    lanes: times(shares, share => ({ runId, share, shares })),
    digests: sides.flatMap(side => times(segments, segment => ({ runId, side, segment, segments }))),
    partitions: times(partitions, partition => ({ runId, partition })),
    pollSeconds: tenant.backupPace?.pollSeconds ?? 20,
  }
}
