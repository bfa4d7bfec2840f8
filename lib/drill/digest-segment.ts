import { createHash } from 'node:crypto'
import { readKept } from '#lib/backup/backup-files.ts'
import { digestOf } from '#lib/drill/digest.ts'
import { drillFiles, type Side } from '#lib/drill/drill-files.ts'
import { type DrillGround, readDrillPlan } from '#lib/drill/drill-work.ts'
import type { Context } from '#lib/runtime/context.ts'
import type { Key } from '#lib/store/keys.ts'
import { scanPage } from '#lib/store/scan.ts'
import type { Store } from '#lib/store/table.ts'

/** A share of one of the two tables. */
export type TableShare = { runId: string; side: Side; segment: number; segments: number }

/** 100,000 lines, some 12 MB, are held before they are written. */
const heldLines = 100_000
/** 2 minutes: more than a hundred thousand items take. */
const reserveMs = 120_000

type Scanned = { round: number; after?: Key; done: boolean }

/**
 * Writes down the key and the hash of every item of a share, by partition, so that two tables can be compared without holding
 * either. Goes on where it was interrupted.
 */
export async function digestSegment(
  ctx: Context,
  { files, restored }: DrillGround & { restored: Store },
  { runId, side, segment, segments, remainingMs }: TableShare & { remainingMs(): number },
): Promise<{ done: boolean }> {
  const { partitions } = await readDrillPlan(files, runId)
  const key = drillFiles.scanned(runId, side, segment)
  let at: Scanned = (await files.head(key)) ? await readKept<Scanned>(files, key) : { round: 0, done: false }
  const store = side === 'live' ? ctx.store : restored
  while (!at.done) {
    if (at.round > 0 && remainingMs() < reserveMs) return { done: false }
    const { held, next } = await scanRound(store, { segment, segments, after: at.after }, partitions)
    for (const [partition, lines] of held) {
      const name = `${drillFiles.digests(runId, side, partition)}${segment}-${at.round}.ndjson`
      await files.write(name, lines.join(''), { contentType: 'application/x-ndjson' })
    }
    at = { round: at.round + 1, done: next === undefined, ...(next && { after: next }) }
    await files.write(key, JSON.stringify(at), { contentType: 'application/json' })
  }
  return { done: true }
}

async function scanRound(
  store: Store,
  from: { segment: number; segments: number; after: Key | undefined },
  partitions: number,
): Promise<{ held: Map<number, string[]>; next: Key | undefined }> {
  const held = new Map<number, string[]>()
  let after = from.after
  let count = 0
  do {
    const page = await scanPage(store, { ...from, after })
    for (const item of page.items) {
      const { pk, sk } = item
      const partition = partitionOf(String(pk), partitions)
      const lines = held.get(partition) ?? []
      held.set(partition, lines)
      lines.push(`${JSON.stringify([pk, sk, digestOf(item)])}\n`)
    }
    count += page.items.length
    after = page.next
  } while (after && count < heldLines)
  return { held, next: after }
}

/** All items of a partition key are compared together. */
function partitionOf(pk: string, partitions: number): number {
  return partitions === 1 ? 0 : createHash('sha1').update(pk).digest().readUInt32BE(0) % partitions
}
