import { fixedFields } from '#lib/cleanup/check-fixes.ts'
import type { ReportItem } from '#lib/cleanup/items.ts'
import { doneSegments } from '#lib/cleanup/lane-segments.ts'
import { mergeCertain } from '#lib/cleanup/merge-certain.ts'
import { keepPart, readPart } from '#lib/cleanup/part-files.ts'
import { type RunPlan, readPlan } from '#lib/cleanup/run-files.ts'
import { isRunning, runContext } from '#lib/cleanup/run-job.ts'
import { findAllDuplicates } from '#lib/duplicate-groups/find-all-duplicates.ts'
import { findPairsOfAll, isComparable } from '#lib/duplicate-groups/find-pairs.ts'
import { likelyGroups } from '#lib/duplicate-groups/likely-groups.ts'
import { refreshDuplicates } from '#lib/duplicate-groups/refresh-duplicates.ts'
import type { Comparable, DuplicatePair } from '#lib/duplicates/types.ts'
import type { Fix } from '#lib/quality/types.ts'
import type { Context } from '#lib/runtime/context.ts'
import type { Files } from '#lib/runtime/files.ts'
import type { StoredGroup } from '#lib/store/duplicate-items.ts'
import { readRecords } from '#lib/store/read.ts'
import type { ObjectDefinition } from '#schemas/definition.ts'

/** What comparing the records of a run came to; `groups`: those that the records compared belong to. */
export type Comparison = { compared: number; pairs: number; groups: number }

/** What the segments left to compare: ids by object, and the fixes that a dry run has only worked out. */
type ToCompare = { changed: Map<string, string[]>; fixes: Map<string, Fix[]> }
type Compared = Comparison & { found: StoredGroup[] }

/** 20,000 records changed since all were compared; beyond that all are compared once more, which then costs less. */
const mostChanged = 20_000
/** 100 records at a time: what the consumer of single changes takes at most. */
const batch = 100

/**
 * Compares records with each other and keeps the groups of likely duplicates: all of them the first time, later those that
 * changed since. Groups beyond doubt are merged where the policy says so.
 */
export async function compareRecords(given: Context, files: Files, { runId }: { runId: string }): Promise<void> {
  const ctx = runContext(given, runId)
  const plan = await readPlan(files, runId)
  if (!(await readPart(files, runId, 'duplicates'))) {
    if (!(await isRunning(ctx, runId))) return
    await compareAll(ctx, files, plan)
  }
  await mergeCertain(ctx, files, plan)
}

async function compareAll(ctx: Context, files: Files, plan: RunPlan): Promise<void> {
  const work = await toCompare(files, plan)
  const sum: Comparison = { compared: 0, pairs: 0, groups: 0 }
  const items: ReportItem[] = []
  for (const object of new Set(plan.lanes.map(lane => lane.object))) {
    const definition = ctx.objects.byName.get(object)
    if (!definition || !isComparable(definition)) continue
    const { compared, pairs, groups, found } = await compareObject(ctx, plan, { object: definition, work })
    sum.compared += compared
    sum.pairs += pairs
    sum.groups += groups
    for (const { id, members, verdict, score } of found)
      items.push({ kind: 'duplicates', object, id, members, verdict, score: Math.round(score * 1000) / 1000 })
  }
  await keepPart(files, { runId: plan.runId, name: 'duplicates' }, { sum, items })
}

async function toCompare(files: Files, plan: RunPlan): Promise<ToCompare> {
  const changed = new Map<string, string[]>()
  const fixes = new Map<string, Fix[]>()
  const isPartial = plan.comparedSince !== undefined
  if (!isPartial && !plan.dryRun) return { changed, fixes }
  for (const lane of plan.lanes) {
    const ids = changed.get(lane.object) ?? []
    changed.set(lane.object, ids)
    for await (const { lists, items } of doneSegments(files, { ...plan, lanes: [lane] })) {
      if (ids.length <= mostChanged) ids.push(...lists.changed)
      if (plan.dryRun) for (const item of items) if (item.kind === 'fixed') fixes.set(item.id, item.fixes)
    }
  }
  return { changed, fixes }
}

async function compareObject(
  ctx: Context,
  plan: RunPlan,
  { object, work }: { object: ObjectDefinition; work: ToCompare },
): Promise<Compared> {
  const { dryRun } = plan
  const asIf = ({ id, fields }: Comparable): Comparable => {
    const fixes = work.fixes.get(id)
    return { id, fields: fixes ? fixedFields(fields, fixes) : fields }
  }
  const changed = work.changed.get(object.name) ?? []
  if (plan.comparedSince !== undefined && changed.length <= mostChanged)
    return compareChanged(ctx, object, { ids: changed, dryRun, asIf })
  const all = await findAllDuplicates({ ...ctx, listShards: ctx.tenant.listShards }, object, { dryRun, asIf })
  return { compared: all.records, pairs: all.pairs, groups: all.found.length, found: all.found }
}

async function compareChanged(
  ctx: Context,
  object: ObjectDefinition,
  { ids, dryRun, asIf }: { ids: readonly string[]; dryRun: boolean; asIf: (record: Comparable) => Comparable },
): Promise<Compared> {
  const pairs = new Map<string, DuplicatePair>()
  for (let at = 0; at < ids.length; at += batch) {
    const records = await readRecords(ctx.store, ids.slice(at, at + batch))
    const alive = [...records.values()].filter(({ deletedAt }) => deletedAt === undefined).map(asIf)
    for (const { pairs: own } of (await findPairsOfAll(ctx, object, { records: alive })).values())
      for (const pair of own) pairs.set(...inOrder(pair))
  }
  const found = await likelyGroups(ctx, object.name, { pairs: [...pairs.values()], compared: new Set(ids) })
  for (let at = 0; at < ids.length && !dryRun; at += batch) await refreshDuplicates(ctx, ids.slice(at, at + batch))
  return { compared: ids.length, pairs: pairs.size, groups: found.length, found }
}

/** A pair under a key that does not depend on which of the two it was found by. */
function inOrder(pair: DuplicatePair): [string, DuplicatePair] {
  const [a, b] = pair.a < pair.b ? [pair.a, pair.b] : [pair.b, pair.a]
  return [`${a} ${b}`, { ...pair, a, b }]
}
