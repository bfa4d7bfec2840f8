import { findPairs, isComparable } from '#lib/duplicate-groups/find-pairs.ts'
import { viewReasons } from '#lib/duplicate-groups/view-reasons.ts'
import type { Reason, Verdict } from '#lib/duplicates/types.ts'
import { notFound } from '#lib/errors.ts'
import { allows, recordRule } from '#lib/permissions/rules.ts'
import { openQuality } from '#lib/quality/open-quality.ts'
import { loadRecord } from '#lib/records/load.ts'
import { type RecordView, viewRecord } from '#lib/records/view.ts'
import type { Context } from '#lib/runtime/context.ts'
import { readDuplicateNotes } from '#lib/store/duplicate-items.ts'
import type { ObjectDefinition } from '#schemas/definition.ts'

/** A record that is likely another one too, with the reasons. */
export type LikelyDuplicate = { id: string; score: number; verdict: Verdict; reasons: Reason[]; record: RecordView }

/**
 * Finds the likely duplicates of a record as it is now, the most likely first, among those the actor may see; pairs that
 * somebody said are two are left out.
 * @throws CrmError not_found, record_merged.
 */
export async function readDuplicates(
  ctx: Context,
  { object, id, limit }: { object: ObjectDefinition; id: string; limit: number },
): Promise<{ items: LikelyDuplicate[] }> {
  if (!isComparable(object)) throw notFound(object.name, id)
  const record = await loadRecord(ctx, { object, id, verb: 'read', followMerged: true })
  const [{ pairs, compared }, notes] = await Promise.all([
    findPairs(ctx, object, record),
    readDuplicateNotes(ctx.store, id),
    openQuality(object),
  ])
  const noted = new Map(notes.pairs.map(pair => [pair.other, pair]))
  const rule = recordRule(ctx.actor, object, 'read')
  const items = pairs.flatMap((pair): LikelyDuplicate[] => {
    const other = compared.get(pair.a === id ? pair.b : pair.a)
    const note = other && noted.get(other.id)
    if (!other || note?.state === 'refused' || !allows(rule, other)) return []
    const verdict = note?.isUndone ? 'suggest' : pair.verdict
    const reasons = viewReasons(ctx, object, pair.reasons)
    return [{ id: other.id, score: pair.score, verdict, reasons, record: viewRecord(ctx, object, other) }]
  })
  return { items: items.toSorted((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1)).slice(0, limit) }
}
