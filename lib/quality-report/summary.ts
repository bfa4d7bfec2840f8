import type { Quality, RuleName } from '#lib/quality/types.ts'
import { ownerOf, teamOf, textOf } from '#lib/records/owner-of.ts'
import { localDate } from '#lib/runtime/zoned-time.ts'
import type { StoredRecord } from '#lib/store/items.ts'
import type { ObjectDefinition } from '#schemas/definition.ts'

/**
 * How good some records are, as sums: tallies of two sets of records add up to that of both. `below`: records whose score
 * is below the threshold. `rules`: records with a finding, by rule.
 */
export type Tally = { count: number; scoreSum: number; below: number; rules: Partial<Record<RuleName, number>> }

/** Some records of one object. Months are those in which they were created (`2026-03`), in the tenant's time zone. */
export type PartSums = { total: Tally; sources: Record<string, Tally>; months: Record<string, Tally> }

/** One owner's records of one object; `teams`: those of each team, the team being the record's own, not its owner's of today. */
export type OwnerSummary = PartSums & { teams: Record<string, PartSums> }

/** The quality of records by object, then by owner (user id or `none`); plain JSON of sums alone, so in any order and any parts it comes to the same. */
export type QualitySummary = Record<string, Record<string, OwnerSummary>>

/** Key of what has no owner, or no source. */
export const noKey = 'none'
/** Key of what is summed up because there is too much of it. */
export const otherKey = 'other'

/** The summary of no records. */
export function emptySummary(): QualitySummary {
  return {}
}

/** The tally of no records. */
export function emptyTally(): Tally {
  return { count: 0, scoreSum: 0, below: 0, rules: {} }
}

/** The sums of no records. */
export function emptySums(): PartSums {
  return { total: emptyTally(), sources: {}, months: {} }
}

/** A record, what was found of it, from which score on it is good enough, and by whose clocks months are told. */
type Judged = { record: StoredRecord; quality: Quality; threshold: number; timeZone: string }

/** Adds a record to a summary, in place: 100,000 records are to be summed in a step. */
export function addRecord(
  summary: QualitySummary,
  object: ObjectDefinition,
  { record, quality, threshold, timeZone }: Judged,
): void {
  const definition = { definition: object }
  const owners = at(summary, object.name, () => ({}))
  const owner = at(owners, keyOf(ownerOf(definition, record)), () => ({ ...emptySums(), teams: {} }))
  const team = teamOf(definition, record)
  const parts: PartSums[] = team === undefined ? [owner] : [owner, at(owner.teams, keyOf(team), emptySums)]
  const month = monthOf(record, timeZone)
  const source = object.fields[sourceField] && keyOf(textOf(record.fields[sourceField]))
  const rules = new Set(quality.findings.map(({ rule }) => rule))
  const tallies = parts.flatMap(({ total, months, sources }) => [
    total,
    at(months, month, emptyTally),
    ...(source === undefined ? [] : [at(sources, source, emptyTally)]),
  ])
  for (const tally of tallies) {
    tally.count += 1
    tally.scoreSum += quality.score
    if (quality.score < threshold) tally.below += 1
    for (const rule of rules) tally.rules[rule] = (tally.rules[rule] ?? 0) + 1
  }
}

/** Field that says where a record came from, on objects that have it. */
export const sourceField = 'source'

/** The summary of the records of both; neither is changed. */
export function mergeSummaries(a: QualitySummary, b: QualitySummary): QualitySummary {
  return merged(a, b, (x, y) => merged(x, y, addOwners))
}

/** The records of both owners. */
export function addOwners(a: OwnerSummary, b: OwnerSummary): OwnerSummary {
  return { ...addSums(a, b), teams: merged(a.teams, b.teams, addSums) }
}

/** The records of both parts. */
export function addSums(a: PartSums, b: PartSums): PartSums {
  return {
    total: addTallies(a.total, b.total),
    sources: merged(a.sources, b.sources, addTallies),
    months: merged(a.months, b.months, addTallies),
  }
}

/** The records of both tallies. */
export function addTallies(a: Tally, b: Tally): Tally {
  return {
    count: a.count + b.count,
    scoreSum: a.scoreSum + b.scoreSum,
    below: a.below + b.below,
    rules: merged(a.rules, b.rules, (x, y) => x + y),
  }
}

/** A record that never came by the engine may have been created at no time there is. */
function monthOf({ createdAt }: StoredRecord, timeZone: string): string {
  const at = new Date(createdAt)
  if (Number.isNaN(at.getTime())) return otherKey
  // No zone is 24 hours from UTC, so only at the ends of a month its clocks may show another; asking them takes 20 µs.
  const isWithin = at.getUTCDate() > 1 && at.getUTCDate() < 28
  return isWithin ? at.toISOString().slice(0, 7) : localDate(at, timeZone).slice(0, 7)
}

/** A record that never came by the engine may hold a name that no object can have. */
function keyOf(value: string | undefined): string {
  return value === '__proto__' ? otherKey : (value ?? noKey)
}

function at<T>(parts: Record<string, T>, key: string, make: () => T): T {
  const known = Object.hasOwn(parts, key) ? parts[key] : undefined
  if (known !== undefined) return known
  const made = make()
  parts[key] = made
  return made
}

function merged<T>(a: Record<string, T>, b: Record<string, T>, add: (x: T, y: T) => T): Record<string, T> {
  const sum = { ...a }
  for (const [key, value] of Object.entries(b)) {
    const known = Object.hasOwn(sum, key) ? sum[key] : undefined
    sum[key] = known === undefined ? value : add(known, value)
  }
  return sum
}
