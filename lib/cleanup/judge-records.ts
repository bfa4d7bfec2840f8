import { fixedFields, type Refusal, refusalOf } from '#lib/cleanup/check-fixes.ts'
import { sameFacts } from '#lib/cleanup/facts.ts'
import type { ReportItem } from '#lib/cleanup/items.ts'
import { noCounts, type RunPlan, type SegmentCounts, type SegmentLists } from '#lib/cleanup/run-files.ts'
import type { FactChecker } from '#lib/quality/check-facts.ts'
import { evaluateQuality, type QualityAt } from '#lib/quality/evaluate.ts'
import { safeFixes } from '#lib/quality/safe-fixes.ts'
import type { Fix, Quality } from '#lib/quality/types.ts'
import { addRecord, emptySummary, type QualitySummary } from '#lib/quality-report/summary.ts'
import type { CompiledObject } from '#lib/records/compile.ts'
import { isStale } from '#lib/refresh/is-stale.ts'
import type { Context } from '#lib/runtime/context.ts'
import { isPassing } from '#lib/runtime/outage.ts'
import type { Checked, StoredRecord } from '#lib/store/items.ts'

/** What a segment's records are judged with. */
export type Judging = { ctx: Context; plan: RunPlan; object: CompiledObject; at: QualityAt; factsOf: FactChecker }

/** What records of a segment came to, before anything is written. */
export type Judgement = { counts: SegmentCounts; summary: QualitySummary; lists: SegmentLists; items: ReportItem[] }

type Judged = {
  record: StoredRecord
  facts: Checked | undefined
  fixes: Fix[]
  refusal: Refusal | undefined
  before: Quality
  after: Quality
  stale: boolean
}

/** Rules whose findings have work of their own: empty fields are counted, stale records become tasks, duplicates groups. */
const toldElsewhere = new Set(['completeness', 'freshness', 'uniqueness'])

/** Evaluates records and works out their fixes. One that cannot be evaluated is told, and the others go on. */
export async function judgeRecords(judging: Judging, records: readonly StoredRecord[]): Promise<Judgement> {
  const lists: SegmentLists = { stale: [], changed: [], facts: [] }
  const result: Judgement = { counts: noCounts(), summary: emptySummary(), lists, items: [] }
  const facts = await judging.factsOf(records)
  for (const record of records) {
    result.counts.evaluated += 1
    try {
      const simple = judge(judging, record, facts.get(record.id))
      const judged = simple.fixes.length === 0 ? simple : await withRefusal(judging, simple)
      addUp(judging, result, judged)
      tell(result, judged)
    } catch (error) {
      if (isPassing(error)) throw error
      tellPoisoned(result, record, error)
    }
  }
  return result
}

function judge(judging: Judging, record: StoredRecord, facts: Checked | undefined): Judged {
  const { plan, object, at } = judging
  const { definition } = object
  const fixes = safeFixes(definition, record, { ...plan.policy.cleanup.fixes, phoneRegion: at.phoneRegion })
  // Both with what is known now: what was found out about a record is no change of it.
  const before = judgedWith(judging, { record, facts, fixes: [] })
  const after = fixes.length === 0 ? before : judgedWith(judging, { record, facts, fixes })
  const stale = plan.policy.refresh.enabled && isStale(definition, record, at)
  return { record, facts, fixes, refusal: undefined, before, after, stale }
}

async function withRefusal(judging: Judging, judged: Judged): Promise<Judged> {
  const { ctx, object, plan } = judging
  const refusal = await refusalOf(ctx, object, { ...judged, policy: plan.policy })
  return refusal ? { ...judged, refusal, after: judged.before } : judged
}

function judgedWith(
  { object, at }: Judging,
  { record, facts, fixes }: Pick<Judged, 'record' | 'facts' | 'fixes'>,
): Quality {
  if (fixes.length === 0 && sameFacts(record.checked, facts)) return evaluateQuality(object.definition, record, at)
  const { checked: _old, ...rest } = record
  const fields = fixes.length === 0 ? record.fields : fixedFields(record.fields, fixes)
  return evaluateQuality(object.definition, { ...rest, fields, ...(facts && { checked: facts }) }, at)
}

function addUp({ ctx, plan, object }: Judging, { counts, summary, lists }: Judgement, judged: Judged): void {
  const { record, facts, before, after, stale } = judged
  const { id, version } = record
  const { threshold } = plan.policy.quality
  addRecord(summary, object.definition, { record, quality: after, threshold, timeZone: ctx.tenant.timeZone })
  counts.scored += 1
  counts.scoreBefore += before.score
  if (stale) {
    counts.stale += 1
    lists.stale.push(id)
  }
  if (plan.comparedSince !== undefined && record.updatedAt >= plan.comparedSince) lists.changed.push(id)
  if (facts && !sameFacts(record.checked, facts)) {
    counts.checked += 1
    lists.facts.push({ id, version, checked: facts })
  }
}

function tell({ counts, items }: Judgement, { record, fixes, refusal, before, after }: Judged): void {
  const { id, object, version } = record
  if (refusal) {
    counts.refused += 1
    items.push({ kind: 'refused', object, id, version, fixes, ...refusal })
  } else if (fixes.length > 0) {
    counts.fixed += 1
    items.push({ kind: 'fixed', object, id, version, fixes, before: before.score, after: after.score })
  }
  // What only a person can mend.
  for (const { rule, severity, field, detail, fix } of after.findings)
    if (severity !== 'info' && !toldElsewhere.has(rule))
      items.push({ kind: 'finding', object, id, rule, ...(field !== undefined && { field }), detail, fix })
}

function tellPoisoned({ counts, items }: Judgement, { id, object, version }: StoredRecord, error: unknown): void {
  counts.poisoned += 1
  items.push({ kind: 'poisoned', object, id, version, detail: error instanceof Error ? error.message : String(error) })
}
