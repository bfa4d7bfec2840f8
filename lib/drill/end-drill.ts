import { keepOnce, readKept } from '#lib/backup/backup-files.ts'
import { changeBackup } from '#lib/backup/change-backup.ts'
import { writeSigned } from '#lib/backup/sign-file.ts'
import { vaultKeys } from '#lib/backup/vault-keys.ts'
import type { ReadChecks } from '#lib/drill/check-reads.ts'
import type { Compared } from '#lib/drill/compare-partition.ts'
import { type DrillPlan, drillFiles } from '#lib/drill/drill-files.ts'
import { type DrillWork, readDrillPlan } from '#lib/drill/drill-work.ts'
import type { EvidenceKey } from '#lib/evidence/evidence-key.ts'
import { endRun } from '#lib/maintenance/end-run.ts'
import { tellStep } from '#lib/maintenance/tell-step.ts'
import type { Context } from '#lib/runtime/context.ts'
import type { Files } from '#lib/runtime/files.ts'
import { deleteTable } from '#lib/store/scratch-tables.ts'
import type { DrillReport } from '#schemas/api/backup-reports.ts'

type Signing = DrillWork & { evidence: Pick<EvidenceKey, 'sign'> }

/** 20 differences are enough to see what is wrong. */
const mostExamples = 20

/**
 * Deletes the scratch table, signs and keeps the report, and says of the backup whether it is proven.
 * @returns whether it is: no difference, and every read check passed.
 */
export async function endDrill(ctx: Context, work: Signing, runId: string): Promise<{ isProven: boolean }> {
  const plan = await readDrillPlan(work.files, runId)
  await deleteTable(plan.table)
  await tellStep(ctx, runId, 'report')
  const report = await keepOnce(work.files, drillFiles.report(runId), await addUp(work.files, plan))
  const key = vaultKeys.drill(runId)
  const { algorithm } = await writeSigned(work, key, `${JSON.stringify({ runId, ...report }, null, 1)}\n`)
  const isProven = report.differences === 0 && report.readChecks.failed === 0 && report.compared.records > 0
  await judge(ctx, plan, isProven)
  const failure = { code: 'restore_differs', detail: detailOf(report) }
  const told = { ...report, signature: { key: vaultKeys.signature(key), algorithm } }
  await endRun(ctx, runId, { report: told, ...(!isProven && { failure }) })
  return { isProven }
}

async function judge(ctx: Context, { runId, backupId }: DrillPlan, isProven: boolean): Promise<void> {
  if (isProven) {
    const provenAt = ctx.clock.now().toISOString()
    return changeBackup(ctx, backupId, { state: 'proven', provenBy: runId, provenAt, failure: null })
  }
  const detail = `Restored by ${runId}, it was not the same as the live data: see the report of that run.`
  return changeBackup(ctx, backupId, { state: 'failed', failure: { code: 'restore_differs', detail } })
}

function detailOf({ differences, readChecks, compared }: DrillReport): string {
  if (compared.records === 0) return 'The restored table has no records.'
  return `${differences} differences that nothing explains, ${readChecks.failed} of ${readChecks.done} read checks failed.`
}

async function addUp(files: Files, plan: DrillPlan): Promise<DrillReport> {
  const { runId, backupId, chain, startedAt, cutOffAt } = plan
  const parts: Compared[] = []
  for (let partition = 0; partition < plan.partitions; partition++)
    parts.push(await readKept<Compared>(files, drillFiles.compared(runId, partition)))
  const readable = await readKept<{ at: string }>(files, drillFiles.readable(runId))
  const checks = await readKept<ReadChecks>(files, drillFiles.checked(runId))
  const { bytes: importedBytes } = await readKept<{ bytes: number }>(files, drillFiles.imported(runId))
  const examples = parts.flatMap(part => part.examples).slice(0, mostExamples)
  return {
    ...{ backupId, chain, cutOffAt, importedBytes },
    rpoSeconds: Math.max(0, Date.parse(startedAt) - Date.parse(cutOffAt)) / 1_000,
    rtoSeconds: Math.max(0, Date.parse(readable.at) - Date.parse(startedAt)) / 1_000,
    compared: {
      records: sumOf(parts, part => part.counts.record),
      changes: sumOf(parts, part => part.counts.change),
      derived: sumOf(parts, part => part.counts.derived),
    },
    explained: explainedBy(parts),
    differences: sumOf(parts, part => part.differences),
    examples,
    readChecks: { done: checks.done, failed: checks.failed },
    problems: checks.problems.slice(0, mostExamples).map(detail => ({ code: 'read_check_failed', detail })),
  }
}

function sumOf(parts: readonly Compared[], of: (part: Compared) => number): number {
  return parts.reduce((sum, part) => sum + of(part), 0)
}

function explainedBy(parts: readonly Compared[]): Record<string, number> {
  const reasons = new Set(parts.flatMap(({ explained }) => Object.keys(explained)))
  return Object.fromEntries([...reasons].map(reason => [reason, sumOf(parts, part => part.explained[reason] ?? 0)]))
}
