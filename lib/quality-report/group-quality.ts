import { fieldAccess } from '#lib/permissions/rules.ts'
import { groupLabels, inLocale } from '#lib/quality-report/labels.ts'
import { scoreOf } from '#lib/quality-report/mean-score.ts'
import type { QualityScope } from '#lib/quality-report/quality-scope.ts'
import { readDetail, readPoints } from '#lib/quality-report/read-snapshots.ts'
import { sourceField, type Tally } from '#lib/quality-report/summary.ts'
import { textOf } from '#lib/records/owner-of.ts'
import type { Context } from '#lib/runtime/context.ts'
import { readRecords } from '#lib/store/read.ts'
import type { QualityGroup, qualityGroupings } from '#schemas/api/quality.ts'
import type { ObjectDefinition } from '#schemas/definition.ts'

/** What records are told apart by. */
export type Grouping = (typeof qualityGroupings)[number]

/** Whether the actor may see by what the records of an object would be told apart, and the object has it. */
export function isGroupable({ actor }: Context, object: ObjectDefinition, by: Grouping): boolean {
  if (by === 'month') return true
  const field = by === 'owner' ? object.ownerField : sourceField
  if (field === undefined || !object.fields[field]) return false
  const access = fieldAccess(actor, object.name, field)
  return access !== 'hidden' && access !== 'masked'
}

/** The groups of an object's records in one run, the largest first, months in their order. */
export async function groupQuality(
  ctx: Context,
  { object, scope, part }: QualityScope,
  { runId, by }: { runId: string; by: Grouping },
): Promise<QualityGroup[]> {
  const detail = await readDetail(ctx, runId, part)
  const summary = detail?.objects[object.name]
  if (!detail || !summary) return []
  if (by !== 'owner')
    return inOrder(by, groupsOf(by === 'source' ? summary.sources : summary.months, titlesFor(ctx, object, by)))
  // What somebody owns in other teams is not for the team to see.
  const tallies =
    scope === 'team'
      ? summary.byOwner
      : await totalsOf(ctx, object, { runId, owners: scope === 'own' ? [part] : detail.owners })
  const names = await namesOf(ctx, Object.keys(tallies))
  const titles = titlesFor(ctx, object, by)
  return inOrder(
    by,
    groupsOf(tallies, owner => names.get(owner) ?? titles(owner)),
  )
}

async function totalsOf(
  ctx: Context,
  object: ObjectDefinition,
  { runId, owners }: { runId: string; owners: readonly string[] },
): Promise<Record<string, Tally>> {
  const points = await readPoints(ctx, runId, owners)
  const totals = [...points].flatMap(([owner, { objects }]) => {
    const total = objects[object.name]?.total
    return total ? [[owner, total] as const] : []
  })
  return Object.fromEntries(totals)
}

/** A tally as the API shows it. */
export function viewTally(tally: Tally): Pick<QualityGroup, 'records' | 'score' | 'below' | 'findings'> {
  return { records: tally.count, score: scoreOf(tally), below: tally.below, findings: { ...tally.rules } }
}

function groupsOf(tallies: Record<string, Tally>, titleOf: (key: string) => string): QualityGroup[] {
  return Object.entries(tallies).map(([key, tally]) => ({ key, title: titleOf(key), ...viewTally(tally) }))
}

function inOrder(by: Grouping, groups: readonly QualityGroup[]): QualityGroup[] {
  // `earlier` comes before any year.
  const time = ({ key }: QualityGroup) => (/^\d/.test(key) ? key : '')
  if (by === 'month') return groups.toSorted((a, b) => (time(a) < time(b) ? -1 : 1))
  return groups.toSorted((a, b) => b.records - a.records || (a.key < b.key ? -1 : 1))
}

function titlesFor({ tenant }: Context, object: ObjectDefinition, by: Grouping): (key: string) => string {
  const field = object.fields[sourceField]
  const options = by === 'source' && field?.type === 'select' ? field.options : []
  return key => {
    const label = options.find(({ value }) => value === key)?.label ?? groupLabels[by][key]
    return label ? inLocale(label, tenant) : key
  }
}

/** Owners' names: whoever may see the owner of a record may know who that is. */
export async function namesOf({ store }: Context, ids: readonly string[]): Promise<Map<string, string>> {
  const users = await readRecords(store, ids)
  return new Map([...users].flatMap(([id, { fields }]) => [[id, textOf(fields['name']) ?? id] as const]))
}
