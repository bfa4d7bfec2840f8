import { type BackupTools, readChain } from '#lib/backup/read-chain.ts'
import { verifyFile } from '#lib/backup/verify-file.ts'
import { applyPartition } from '#lib/restore/apply-partition.ts'
import { collectLines } from '#lib/restore/collect-lines.ts'
import type { RestorePlan } from '#lib/restore/restore-files.ts'
import type { Context } from '#lib/runtime/context.ts'
import type { Files } from '#lib/runtime/files.ts'

/** What the steps of a restore work with. */
export type RestoreTools = BackupTools & { files: Files }
/** Where a step begins, and how much time it has. */
export type RestoreStep = { plan: RestorePlan; next: number; remainingMs(): number }
/** Where the step is to go on; not when it is the last. */
export type StepEnd = { next: number; isLast: boolean }

/** 2 minutes: more than the largest file or partition takes. */
const reserveMs = 120_000

/**
 * Reads every file of the chain to its end: nothing is taken from a backup before all of it is known to be what was made.
 * @throws CrmError `backup_tampered` naming the file.
 */
export async function verifyFiles(tools: RestoreTools, step: RestoreStep): Promise<StepEnd> {
  const { files } = await readChain(tools, step.plan.backupId)
  return inTime(step, files.length, async place => {
    const file = files[place]
    if (file) await verifyFile(tools.vault, file)
  })
}

/** Copies what the chain says of the wanted records to their partitions. */
export async function collectFiles(tools: RestoreTools, step: RestoreStep): Promise<StepEnd> {
  const chain = await readChain(tools, step.plan.backupId)
  const work = { vault: tools.vault, files: tools.files, plan: step.plan, chain }
  return inTime(step, chain.files.length, place => collectLines(work, place))
}

/** Restores partition after partition. */
export async function applyPartitions(
  ctx: Context,
  { files }: Pick<RestoreTools, 'files'>,
  step: RestoreStep,
): Promise<StepEnd> {
  const { plan } = step
  return inTime(step, plan.partitions, partition => applyPartition(ctx, { files, plan }, partition))
}

async function inTime(
  { next, remainingMs }: RestoreStep,
  count: number,
  work: (place: number) => Promise<void>,
): Promise<StepEnd> {
  for (let place = next; place < count; place++) {
    if (place > next && remainingMs() < reserveMs) return { next: place, isLast: false }
    await work(place)
  }
  return { next: 0, isLast: true }
}
