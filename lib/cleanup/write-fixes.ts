import { fixPlan, refusedBy } from '#lib/cleanup/check-fixes.ts'
import type { FixedItem, ReportItem } from '#lib/cleanup/items.ts'
import type { NewFacts, Segment, SegmentCounts } from '#lib/cleanup/run-files.ts'
import { versionConflict } from '#lib/errors.ts'
import type { CompiledObject } from '#lib/records/compile.ts'
import type { Plan } from '#lib/records/plan.ts'
import { type BulkOutcome, type BulkWrite, writeMany } from '#lib/records/write-many.ts'
import type { Context } from '#lib/runtime/context.ts'
import { inParallel } from '#lib/runtime/in-parallel.ts'
import { writeChecked } from '#lib/store/checked.ts'
import type { StoredRecord } from '#lib/store/items.ts'
import { readChange, readRecord, readRecords } from '#lib/store/read.ts'

type Work = { ctx: Context; object: CompiledObject }
/** What is to be done about an item: nothing more, a write, or to leave the record to whoever changed it. */
type Decision = { item: FixedItem } & (
  | { kind: 'done' }
  | { kind: 'write'; write: BulkWrite }
  | { kind: 'gone' }
  | Overtaken
)
type Overtaken = { kind: 'overtaken'; by: string }

/** 16 notes under way keep the table busy. */
const parallel = 16

/**
 * Writes the fixes and notes of a segment. Safe to run again after a kill, and beside another at the same segment: a record
 * is written on condition of the version that was evaluated, and one that has the run's own change counts as done.
 * @returns the segment with what became of each item.
 */
export async function writeFixes(work: Work, segment: Segment): Promise<Segment> {
  const { lists } = segment
  const planned = segment.items.filter(item => item.kind === 'fixed')
  const facts = new Map(lists.facts.map(each => [each.id, each]))
  const records = await readRecords(
    work.ctx.store,
    planned.map(({ id }) => id),
  )
  const decisions = await Promise.all(planned.map(item => decide(work, { item, record: records.get(item.id), facts })))
  const ended = await carryOut(work, decisions)
  // A fixed record has its note in the version that fixes it.
  const fixed = new Set(planned.flatMap(({ id }) => (ended.has(id) ? [] : id)))
  await noteFacts(
    work.ctx,
    lists.facts.filter(({ id }) => !fixed.has(id) && ended.get(id)?.kind !== 'skipped'),
  )
  const items = segment.items.map(item => (item.kind === 'fixed' ? (ended.get(item.id) ?? item) : item))
  const counts = recounted(segment.head.counts, items)
  return { ...segment, head: { ...segment.head, counts }, lists: { ...lists, facts: [] }, items }
}

async function decide(
  { ctx, object }: Work,
  { item, record, facts }: { item: FixedItem; record: StoredRecord | undefined; facts: ReadonlyMap<string, NewFacts> },
): Promise<Decision> {
  if (!record || record.deletedAt !== undefined) return { item, kind: 'gone' }
  const planned = (): Plan => {
    const checked = facts.get(item.id)?.checked
    return fixPlan(ctx, object, { record: { ...record, ...(checked && { checked }) }, fixes: item.fixes })
  }
  if (record.version === item.version)
    return { item, kind: 'write', write: { plan: planned(), replan: replanner(ctx, object, item) } }
  const by = await sourceAfter(ctx, item)
  return by === ctx.source ? { item, kind: 'done' } : { item, kind: 'overtaken', by }
}

/** Asked when the record is not as it was: our own change whose answer was lost, or somebody else's. */
function replanner(ctx: Context, object: CompiledObject, item: FixedItem): () => Promise<Plan> {
  return async () => {
    const now = await readRecord(ctx.store, item.id)
    if (!now || (await sourceAfter(ctx, item)) !== ctx.source) throw versionConflict(item.id, now?.version)
    return { object, before: now, after: now, action: 'unchanged' }
  }
}

/** Where the change right after the evaluated version came from. */
export async function sourceAfter(ctx: Context, { id, version }: FixedItem): Promise<string> {
  return (await readChange(ctx.store, id, version + 1))?.source ?? 'somebody'
}

async function carryOut({ ctx }: Work, decisions: readonly Decision[]): Promise<Map<string, ReportItem>> {
  const writes = decisions.flatMap(each => (each.kind === 'write' ? [{ item: each.item, write: each.write }] : []))
  const outcomes = await writeMany(
    ctx,
    writes.map(({ write }) => write),
  )
  const ended = new Map<string, ReportItem>()
  for (const decision of decisions) {
    const { item } = decision
    if (decision.kind === 'gone') ended.set(item.id, overtaken(item, 'It was deleted meanwhile.'))
    if (decision.kind === 'overtaken')
      ended.set(item.id, overtaken(item, `It was changed meanwhile, by ${decision.by}.`))
  }
  for (const [i, { item }] of writes.entries()) {
    const failed = failure(item, outcomes[i])
    if (failed) ended.set(item.id, failed)
  }
  return ended
}

function failure(item: FixedItem, outcome: BulkOutcome | undefined): ReportItem | undefined {
  if (!outcome || !('error' in outcome)) return undefined
  const { error } = outcome
  if (error.code === 'version_conflict') return overtaken(item, 'It was changed meanwhile.')
  const { object, id, version, fixes } = item
  return { kind: 'refused', object, id, version, fixes, ...refusedBy(error) }
}

function overtaken(item: FixedItem, why: string): ReportItem {
  return skipped(item, { code: 'changed_meanwhile', why })
}

/** A record that was left as it is, for the next run. */
export function skipped(
  { object, id, version, fixes }: FixedItem,
  { code, why }: { code: string; why: string },
): ReportItem {
  const detail = `${why} Nothing was fixed; the next run looks at it again.`
  return { kind: 'skipped', object, id, version, fixes, code, detail }
}

/** Notes what was found out about records that are not rewritten; one that was changed meanwhile stays as it is. */
async function noteFacts(ctx: Context, facts: readonly NewFacts[]): Promise<void> {
  await inParallel(facts, parallel, async ({ id, version, checked }) => {
    await writeChecked(ctx.store, { id, version }, checked)
  })
}

/** The counts of a segment with what became of its items. */
export function recounted(counts: SegmentCounts, items: readonly ReportItem[]): SegmentCounts {
  const times = (kind: ReportItem['kind']) => items.filter(item => item.kind === kind).length
  return { ...counts, fixed: times('fixed'), skipped: times('skipped'), refused: times('refused') }
}
