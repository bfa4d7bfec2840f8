import { type CrmError, isRefusal } from '#lib/errors.ts'
import { commit } from '#lib/records/commit.ts'
import { loadMatchKeys } from '#lib/records/load-match-keys.ts'
import type { Plan } from '#lib/records/plan.ts'
import { keyChanges } from '#lib/records/record-keys.ts'
import { writeRecord } from '#lib/records/write.ts'
import type { Context } from '#lib/runtime/context.ts'
import { inParallel } from '#lib/runtime/in-parallel.ts'
import { transactionLimit } from '#lib/store/transaction.ts'

/** One record to write; `replan` works it out anew when the record is not as the plan found it. */
export type BulkWrite = { plan: Plan; replan: () => Promise<Plan> }

/** What became of one write: its action and version, or why the record was refused. */
export type BulkOutcome = { action: Plan['action']; id: string; version: number } | { error: CrmError }

/** 4 transactions under way keep the table busy without crowding out people's requests. */
const parallel = 4
/** 1,200,000 UTF-16 units of JSON, record and change: below 3.8 MB even where each is three bytes. */
const transactionText = 1_200_000

type Numbered = BulkWrite & { place: number }

/**
 * Writes many records of one actor and source, several to a transaction. A transaction that is refused is done again record
 * by record, so each has an outcome of its own, in the order given; no record is ever half-written.
 * @throws CrmError `unavailable` when the table does not answer: what was written stays, and doing all again is safe where
 * `replan` finds it.
 */
export async function writeMany(ctx: Context, writes: readonly BulkWrite[]): Promise<BulkOutcome[]> {
  await loadMatchKeys()
  const outcomes: BulkOutcome[] = []
  await inParallel(packed(writes), parallel, async group => {
    const done = await writeGroup(ctx, group)
    group.forEach(({ place }, i) => {
      const outcome = done[i]
      if (outcome) outcomes[place] = outcome
    })
  })
  return outcomes
}

/** Groups that fit into a transaction each; a record stands in a group once. */
function packed(writes: readonly BulkWrite[]): Numbered[][] {
  const groups: Numbered[][] = []
  let group: Numbered[] = []
  let size = { items: 0, text: 0 }
  writes.forEach((write, place) => {
    const items = itemsOf(write.plan)
    const text = JSON.stringify(write.plan.after.fields).length * 2
    const isFull = size.items + items > transactionLimit || size.text + text > transactionText
    if (group.length > 0 && (isFull || group.some(({ plan }) => plan.after.id === write.plan.after.id))) {
      groups.push(group)
      group = []
      size = { items: 0, text: 0 }
    }
    group.push({ ...write, place })
    size = { items: size.items + items, text: size.text + text }
  })
  return group.length > 0 ? [...groups, group] : groups
}

/** The record, its change and its keys. */
function itemsOf({ object, before, after, action }: Plan): number {
  if (action === 'unchanged') return 0
  const { claim, release, addMatches, dropMatches } = keyChanges(object, before, after)
  return 2 + claim.length + release.length + addMatches.length + dropMatches.length
}

async function writeGroup(ctx: Context, group: readonly Numbered[]): Promise<BulkOutcome[]> {
  try {
    const plans = group.map(({ plan }) => plan)
    if ((await commit(ctx, plans)) === undefined) return plans.map(written)
  } catch (error) {
    if (!isRefusal(error)) throw error
  }
  return Promise.all(group.map(write => writeAlone(ctx, write)))
}

async function writeAlone(ctx: Context, { plan, replan }: BulkWrite): Promise<BulkOutcome> {
  let isFirst = true
  const next = async () => {
    const current = isFirst ? plan : await replan()
    isFirst = false
    return current
  }
  try {
    const { id, version, outcome } = await writeRecord(ctx, next, {})
    return { id, version, action: outcome }
  } catch (error) {
    if (!isRefusal(error)) throw error
    return { error }
  }
}

function written({ after, action }: Plan): BulkOutcome {
  return { id: after.id, version: after.version, action }
}
