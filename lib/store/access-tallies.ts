import { writeBatches } from '#lib/store/batch-write.ts'
import { readRows } from '#lib/store/query.ts'
import type { Store } from '#lib/store/table.ts'

/** What one person, program or service did within an hour, as far as one log file tells. */
export type Tally = {
  actor: string
  /** `yyyy-mm-ddThh`. */
  hour: string
  /** Log file: of each there is one tally, so that nothing counts twice. */
  file: string
  /** Records of personal data that were shown, and that left in exports. */
  shown: number
  exported: number
  denials: number
  calls: number
}

/** Keeps tallies; again the same ones change nothing. `ttl`: when they expire, in seconds. */
export async function writeTallies(store: Store, tallies: readonly Tally[], ttl: number): Promise<void> {
  const puts = tallies.map(tally => ({
    PutRequest: { Item: { pk: partitionOf(tally.actor), sk: `${tally.hour}#${tally.file}`, ttl, tally } },
  }))
  await writeBatches(store, puts, 'The index of accesses is overloaded. Retrying is safe.')
}

/** Tallies of somebody, the latest first, back to an hour. */
export async function readTallies(store: Store, actor: string, fromHour: string, most = mostTallies): Promise<Tally[]> {
  const tallies: Tally[] = []
  for await (const { sort, item } of readRows(store, { pk: partitionOf(actor) }, { batch: 500, descending: true })) {
    if (sort < fromHour || tallies.length === most) break
    tallies.push(item['tally'] as Tally)
  }
  return tallies
}

/** 5,000: some days of somebody who is at it day and night; older ones tell no more of what is usual. */
const mostTallies = 5_000

function partitionOf(actor: string): string {
  return `W#${actor}`
}
