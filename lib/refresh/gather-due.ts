import type { Due } from '#lib/refresh/assign-tasks.ts'
import { isStale, verificationDue } from '#lib/refresh/is-stale.ts'
import { taskId } from '#lib/refresh/plan-ids.ts'
import { readOpenTasks, taskLink } from '#lib/refresh/verification-link.ts'
import type { Context } from '#lib/runtime/context.ts'
import { policyOf } from '#lib/settings/policy.ts'
import type { StoredRecord } from '#lib/store/items.ts'

type Urgent = Due & { since: number }
type Known = Pick<StoredRecord, 'id' | 'object'>

/** Stale records of which the most overdue come first. */
export type Gathered = {
  due: Due[]
  /** Stale ones that have an open task already. */
  alreadyOpen: Known[]
  /** How many there are beyond what one run takes. */
  left: number
}

/** 500 records are looked up at a time. */
const atOnce = 500

/** Picks the stale records that need a task, as many as one run takes; what is left out is counted, not kept. */
export async function gatherDue(
  ctx: Context,
  run: { planId: string; at: Date },
  records: AsyncIterable<StoredRecord> | Iterable<StoredRecord>,
): Promise<Gathered> {
  const { mostPerRun } = policyOf(ctx).refresh
  const gathered: Heap = { urgent: [], alreadyOpen: [], left: 0 }
  let some: Urgent[] = []
  const take = async () => {
    await sortOut(ctx, run, some, gathered)
    some = []
    if (gathered.urgent.length > 2 * mostPerRun + atOnce) trim(gathered, mostPerRun)
  }
  // A record that is changed while all are read can come twice.
  const seen = new Set<string>()
  for await (const record of records) {
    if (seen.has(record.id)) continue
    seen.add(record.id)
    const urgent = urgentOf(ctx, run, record)
    if (urgent) some.push(urgent)
    if (some.length === atOnce) await take()
  }
  await take()
  trim(gathered, mostPerRun)
  const { urgent, alreadyOpen, left } = gathered
  const known = alreadyOpen.toSorted((a, b) => (a.id < b.id ? -1 : 1))
  return { due: urgent.map(({ object, record }) => ({ object, record })), alreadyOpen: known, left }
}

function urgentOf(ctx: Context, { at }: { at: Date }, record: StoredRecord): Urgent | undefined {
  const object = ctx.objects.byName.get(record.object)
  if (!object || record.deletedAt !== undefined || !taskLink(object)) return undefined
  const policy = policyOf(ctx)
  if (!isStale(object, record, { now: at, policy })) return undefined
  return { object, record, since: verificationDue(object, record, policy)?.getTime() ?? 0 }
}

type Heap = { urgent: Urgent[]; alreadyOpen: Known[]; left: number }

/** An open task of this very plan is no reason to leave a record out: an earlier try made it. */
async function sortOut(ctx: Context, run: { planId: string; at: Date }, some: Urgent[], into: Heap): Promise<void> {
  const open = await readOpenTasks(
    ctx,
    some.map(({ record }) => record.id),
  )
  some.forEach((each, i) => {
    const { id, object } = each.record
    const isOthers = open[i] !== undefined && open[i] !== taskId(run, id)
    if (isOthers) into.alreadyOpen.push({ id, object })
    else into.urgent.push(each)
  })
}

function trim(gathered: Heap, most: number): void {
  const sorted = gathered.urgent.toSorted((a, b) => a.since - b.since || (a.record.id < b.record.id ? -1 : 1))
  gathered.urgent = sorted.slice(0, most)
  gathered.left += sorted.length - gathered.urgent.length
}
