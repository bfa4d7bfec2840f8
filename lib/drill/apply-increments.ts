import { keepOnce } from '#lib/backup/backup-files.ts'
import { parseChangeLine } from '#lib/backup/export-line.ts'
import { gzipLines } from '#lib/backup/gzip-lines.ts'
import { type ChainFile, readChain } from '#lib/backup/read-chain.ts'
import { tampered } from '#lib/backup/tampered.ts'
import { drillFiles } from '#lib/drill/drill-files.ts'
import { type DrillWork, readDrillPlan } from '#lib/drill/drill-work.ts'
import { tellStep } from '#lib/maintenance/tell-step.ts'
import type { Context } from '#lib/runtime/context.ts'
import { inParallel } from '#lib/runtime/in-parallel.ts'
import { itemOf } from '#lib/store/attribute-json.ts'
import { type ItemChange, putItems } from '#lib/store/put-items.ts'
import type { Store } from '#lib/store/table.ts'
import type { JsonObject } from '#schemas/json.ts'

/** 2 minutes: more than the largest file takes. */
const reserveMs = 120_000
/** 500 changes of a file are written by 8 at once. */
const linesAtOnce = 500
const writersAtOnce = 8

/** Which drill, the first file that is not applied, what DynamoDB reckons the import by. */
export type IncrementsAt = { runId: string; next: number; importedBytes: number }

/**
 * Applies the incremental backups to the restored table, one after the other; begun again it comes to the same. From then on
 * the table can be read, which is the time that a restore takes.
 */
export async function applyIncrements(
  ctx: Context,
  work: DrillWork & { restored: Store },
  { remainingMs, ...at }: IncrementsAt & { remainingMs(): number },
): Promise<IncrementsAt & { isLast: boolean }> {
  const { backupId } = await readDrillPlan(work.files, at.runId)
  const chain = await readChain(work, backupId)
  const files = chain.files.filter(({ lines }) => lines === 'change')
  if (at.next === 0) await tellStep(ctx, at.runId, 'increments')
  for (let next = at.next; next < files.length; next++) {
    if (next > at.next && remainingMs() < reserveMs) return { ...at, next, isLast: false }
    const file = files[next]
    if (file) await applyFile(work, file)
  }
  await keepOnce(work.files, drillFiles.readable(at.runId), { at: ctx.clock.now().toISOString() })
  await keepOnce(work.files, drillFiles.imported(at.runId), { bytes: at.importedBytes })
  await tellStep(ctx, at.runId, 'compare', { name: 'increments', count: chain.increments.length })
  return { ...at, isLast: true }
}

async function applyFile({ vault, restored }: DrillWork & { restored: Store }, { key, versionId }: ChainFile) {
  for await (const lines of gzipLines(await vault.read(key, versionId))) {
    const changes = lines.map(line => changeOf(line, key))
    const parts = Array.from({ length: Math.ceil(changes.length / linesAtOnce) }, (_, i) =>
      changes.slice(i * linesAtOnce, (i + 1) * linesAtOnce),
    )
    await inParallel(parts, writersAtOnce, part => putItems(restored, part))
  }
}

function changeOf(line: string, key: string): ItemChange {
  const change = parseChangeLine(line)
  if (!change) throw tampered(key, 'has a line that is no change')
  const { pk, sk } = itemOf(change.Keys)
  const item: JsonObject | undefined = change.NewImage && itemOf(change.NewImage)
  return { key: { pk: String(pk), sk: String(sk) }, ...(item && { item }) }
}
