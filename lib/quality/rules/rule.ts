import type { Finding } from '#lib/quality/types.ts'
import type { StoredRecord } from '#lib/store/items.ts'
import type { FieldDefinition, ObjectDefinition } from '#schemas/definition.ts'
import { isJsonObject, type Json, type JsonObject } from '#schemas/json.ts'
import type { TenantPolicy } from '#schemas/settings.ts'

/** What a judgement needs besides the record. */
export type QualityAt = { now: Date; policy: TenantPolicy; phoneRegion: string }

/** The part of a record that its quality is judged by. */
export type JudgedRecord = Pick<StoredRecord, 'id' | 'fields' | 'createdAt' | 'updatedAt' | 'checked'>

/** A record under judgement. */
export type Judged = { object: ObjectDefinition; record: JudgedRecord; at: QualityAt }

/** A finding before its points are known: `share` is the part of the rule's points it takes, 1 for all of them. */
export type Fault = Omit<Finding, 'rule' | 'points'> & { share: number }

/** A rule: what it finds wrong with a record. It takes any stored value, however malformed, and never throws. */
export type Rule = (judged: Judged) => readonly Fault[]

/** Nothing wrong: one list for all, since most records are fine. */
export const faultless: readonly Fault[] = []

const named = new WeakMap<ObjectDefinition, Map<FieldDefinition['type'], readonly string[]>>()

/** Names of an object's fields of a type. */
export function fieldsOfType(object: ObjectDefinition, type: FieldDefinition['type']): readonly string[] {
  const types = named.get(object) ?? new Map<FieldDefinition['type'], readonly string[]>()
  named.set(object, types)
  const known = types.get(type)
  if (known) return known
  const names = Object.keys(object.fields).filter(name => object.fields[name]?.type === type)
  types.set(type, names)
  return names
}

/** Entries of an e-mail or phone list; what is no entry stands as one without a value. */
export function entriesOf(value: Json | undefined): JsonObject[] {
  if (value === undefined || value === null) return []
  if (!Array.isArray(value)) return [{ value }]
  return value.map(entry => (isJsonObject(entry) ? entry : { value: entry }))
}

/** `entry 2`, or `entries 1, 3`: which of a list's entries are meant, counted from 1. */
export function whichEntries(places: readonly number[]): string {
  return `${places.length > 1 ? 'entries' : 'entry'} ${places.map(place => place + 1).join(', ')}`
}
