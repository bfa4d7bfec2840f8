import { isDeepStrictEqual } from 'node:util'
import { isList, mostEntries, uniteLists } from '#lib/merge/unite-lists.ts'
import type { StoredRecord } from '#lib/store/items.ts'
import type { FieldDefinition, ObjectDefinition } from '#schemas/definition.ts'
import { isJsonObject, type Json, type JsonObject } from '#schemas/json.ts'

/** Why a value was taken. */
export type Why =
  | 'chosen'
  | 'united'
  | 'latest'
  | 'newestVerified'
  | 'mostComplete'
  | 'longest'
  | 'survivor'
  | 'onlyValue'
  | 'notEditable'

/** From which records a field's value comes, and why. */
export type Decision = { field: string; from: string[]; why: Why }

/** What is to become one: the survivor, those it absorbs, and what the caller says. */
export type Survival = {
  object: ObjectDefinition
  survivor: StoredRecord
  absorbed: readonly StoredRecord[]
  /** Id of the record whose value wins, by field. */
  chosen: Readonly<Record<string, string>>
  isEditable(field: string): boolean
}

/** A way to prefer one value; undefined where it does not tell. */
type Criterion = 'latest' | 'newestVerified' | 'mostComplete' | 'longest'
type Candidate = { record: StoredRecord; value: Json }

/** Per type, what is asked in turn until one value is preferred; after that the survivor's value counts, then the first there is. */
const criteria: Readonly<Partial<Record<FieldDefinition['type'], readonly Criterion[]>>> = {
  text: ['newestVerified', 'longest'],
  longText: ['newestVerified', 'longest'],
  address: ['newestVerified', 'mostComplete', 'longest'],
  url: ['newestVerified'],
  date: ['newestVerified'],
}

/** Fields that say when something last happened: the later time is true of both. */
const latestOf: ReadonlySet<string> = new Set(['lastContactedAt', 'lastVerifiedAt'])

/** The fields that survive a merge, with where each value that was in question comes from. */
export function survivingFields(survival: Survival): { fields: JsonObject; decisions: Decision[] } {
  const { object, survivor } = survival
  const fields: JsonObject = {}
  const decisions: Decision[] = []
  for (const [name, definition] of Object.entries(object.fields)) {
    const { value, decision } = survivingValue(survival, name, definition)
    if (value !== undefined) fields[name] = value
    if (decision) decisions.push(decision)
  }
  return { fields: followOwner(survival, fields, decisions), decisions: decisions.filter(isTold(survivor)) }
}

/** Lists that would have more entries than they may, by field. */
export function overflows(
  object: ObjectDefinition,
  fields: JsonObject,
): { field: string; entries: number; most: number }[] {
  return Object.entries(object.fields).flatMap(([field, definition]) => {
    const most = mostEntries(definition)
    const value = fields[field]
    return most !== undefined && Array.isArray(value) && value.length > most
      ? [{ field, entries: value.length, most }]
      : []
  })
}

function survivingValue(survival: Survival, name: string, definition: FieldDefinition) {
  const { survivor, absorbed, chosen } = survival
  const own = survivor.fields[name]
  const candidates = [survivor, ...absorbed].flatMap((record): Candidate[] => {
    const value = record.fields[name]
    return value === undefined ? [] : [{ record, value }]
  })
  const told = (value: Json | undefined, from: readonly StoredRecord[], why: Why) => ({
    value,
    decision: { field: name, from: from.map(({ id }) => id), why },
  })
  const winner = [survivor, ...absorbed].find(({ id }) => id === chosen[name])
  if (winner) return told(winner.fields[name], [winner], 'chosen')
  const isAgreed = candidates.every(({ value }) => isDeepStrictEqual(value, own))
  if (isAgreed) return { value: own, decision: undefined }
  if (!survival.isEditable(name)) return told(own, [survivor], 'notEditable')
  const [first, second] = candidates
  if (first && !second) return told(first.value, [first.record], 'onlyValue')
  if (isList(definition)) {
    const united = uniteLists(
      definition,
      candidates.map(({ value }) => value),
    )
    return told(
      united,
      candidates.map(({ record }) => record),
      'united',
    )
  }
  const { candidate, why } = preferred(candidates, criteriaFor(name, definition), survivor)
  return told(candidate?.value, candidate ? [candidate.record] : [], why)
}

/** Codes such as a tax id are right or wrong, not more or less complete. */
function criteriaFor(name: string, definition: FieldDefinition): readonly Criterion[] {
  if (latestOf.has(name)) return ['latest']
  const isCode = definition.unique || (definition.type === 'text' && (definition.upperCase || definition.pattern))
  return isCode ? [] : (criteria[definition.type] ?? [])
}

function preferred(candidates: readonly Candidate[], asked: readonly Criterion[], survivor: StoredRecord) {
  for (const why of asked) {
    const ranked = candidates.map(candidate => ({ candidate, rank: ranks[why](candidate) }))
    const best = ranked.reduce((a, b) => (b.rank > a.rank ? b : a))
    const rivals = ranked.filter(({ rank }) => rank === best.rank)
    // Several that say the same are as good as one.
    const isOne = rivals.every(({ candidate }) => isDeepStrictEqual(candidate.value, best.candidate.value))
    if (isOne && best.rank !== '') return { candidate: best.candidate, why }
  }
  const own = candidates.find(({ record }) => record === survivor)
  return { candidate: own ?? candidates[0], why: own ? ('survivor' as const) : ('onlyValue' as const) }
}

/** Texts that compare as the things they stand for; empty: no rank at all. */
const ranks: Readonly<Record<Criterion, (candidate: Candidate) => string>> = {
  latest: ({ value }) => String(value),
  newestVerified: ({ record }) => String(record.fields['lastVerifiedAt'] ?? ''),
  mostComplete: ({ value }) => padded(isJsonObject(value) ? Object.keys(value).length : 1),
  longest: ({ value }) => padded([...textOf(value)].length),
}

function padded(count: number): string {
  return String(count).padStart(9, '0')
}

function textOf(value: Json): string {
  if (isJsonObject(value)) return Object.values(value).map(textOf).join('')
  return typeof value === 'string' ? value.trim() : JSON.stringify(value)
}

/** The team is the owner's: both come from the same record, unless somebody chose. */
function followOwner({ object, survivor, absorbed, chosen }: Survival, fields: JsonObject, decisions: Decision[]) {
  const { ownerField, teamField } = object
  if (!ownerField || !teamField || chosen[teamField] !== undefined) return fields
  const from = decisions.find(({ field }) => field === ownerField)?.from[0] ?? survivor.id
  const team = [survivor, ...absorbed].find(({ id }) => id === from)?.fields[teamField]
  const { [teamField]: _other, ...rest } = fields
  for (const decision of decisions) if (decision.field === teamField) decision.from = [from]
  return team === undefined ? rest : { ...rest, [teamField]: team }
}

/** That the survivor keeps what only it has needs no telling. */
function isTold(survivor: StoredRecord) {
  return ({ why, from }: Decision) => why !== 'onlyValue' || from[0] !== survivor.id
}
