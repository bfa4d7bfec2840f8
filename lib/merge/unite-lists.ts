import { isDeepStrictEqual } from 'node:util'
import { maxEmails } from '#lib/records/fields/emails.ts'
import { entryKeyOf } from '#lib/records/fields/list.ts'
import { maxPhones } from '#lib/records/fields/phones.ts'
import { maxTags } from '#lib/records/fields/tags.ts'
import type { FieldDefinition } from '#schemas/definition.ts'
import { isJsonObject, type Json } from '#schemas/json.ts'

/** A list as it was before a merge, right after it, and as it is now. */
export type ListStates = { before: Json | undefined; merged: Json | undefined; now: Json | undefined }

/** Entries of several lists, each once, those of the first list first; its primary entry stays primary. */
export function uniteLists(definition: FieldDefinition, lists: readonly Json[]): Json[] {
  const entries = new Map<string, Json>()
  for (const entry of lists.flatMap(entriesOf)) {
    const key = keyOf(definition, entry)
    const known = entries.get(key)
    if (known === undefined || isNewer(definition, entry, known)) entries.set(key, entry)
  }
  return withOnePrimary(definition, [...entries.values()])
}

/** A list without what a merge put into it; what people changed since stays. Undefined: nothing is left. */
export function separateLists(definition: FieldDefinition, { before, merged, now }: ListStates): Json[] | undefined {
  const [old, united, current] = [before, merged, now].map(list => indexed(definition, list))
  if (!old || !united || !current) return undefined
  const result: Json[] = []
  for (const [key, entry] of old) {
    const then = united.get(key)
    const present = current.get(key)
    const isRemoved = then !== undefined && present === undefined
    const isEdited = present !== undefined && !isSame(present, then)
    if (!isRemoved) result.push(isEdited ? present : entry)
  }
  for (const [key, entry] of current) {
    const then = united.get(key)
    const isAbsorbed = then !== undefined && (isUnique(definition) || isSame(entry, then))
    if (!old.has(key) && !isAbsorbed) result.push(entry)
  }
  return result.length === 0 ? undefined : withOnePrimary(definition, result)
}

/** Whether values of this type are lists that can be united entry by entry. */
export function isList({ type }: FieldDefinition): boolean {
  return ['emails', 'phones', 'tags', 'multiSelect', 'list'].includes(type)
}

/** Most entries the list may have; undefined: any number. */
export function mostEntries(definition: FieldDefinition): number | undefined {
  if (definition.type === 'list') return definition.maxItems
  if (definition.type === 'emails') return maxEmails
  if (definition.type === 'phones') return maxPhones
  return definition.type === 'tags' ? maxTags : undefined
}

/** What tells an entry from the others of its list. */
function keyOf(definition: FieldDefinition, entry: Json): string {
  if (typeof entry === 'string') return entry
  if (definition.type === 'list') return entryKeyOf(entry, definition.entryKey) ?? JSON.stringify(entry)
  const { value, extension } = isJsonObject(entry) ? entry : {}
  return `${String(value).toLowerCase()} ${String(extension ?? '')}`
}

function entriesOf(list: Json | undefined): Json[] {
  return Array.isArray(list) ? list : []
}

function indexed(definition: FieldDefinition, list: Json | undefined): Map<string, Json> {
  return new Map(entriesOf(list).map(entry => [keyOf(definition, entry), entry]))
}

/** Of two entries for one thing, such as consent for one channel, the one with the later time counts. */
function isNewer(definition: FieldDefinition, entry: Json, known: Json): boolean {
  if (definition.type !== 'list') return false
  const [part] = Object.entries(definition.fields).find(([, { type }]) => type === 'dateTime') ?? []
  return part !== undefined && timeIn(entry, part) > timeIn(known, part)
}

function timeIn(entry: Json, part: string): string {
  return isJsonObject(entry) ? String(entry[part] ?? '') : ''
}

/** Which entry is primary is a matter of the whole list. */
function isSame(a: Json, b: Json | undefined): boolean {
  return isDeepStrictEqual(withoutPrimary(a), withoutPrimary(b))
}

function withoutPrimary(entry: Json | undefined): Json | undefined {
  if (!isJsonObject(entry)) return entry
  const { primary: _primary, ...rest } = entry
  return rest
}

function isUnique({ unique }: FieldDefinition): boolean {
  return unique === true
}

function withOnePrimary({ type }: FieldDefinition, entries: Json[]): Json[] {
  if (type !== 'emails' && type !== 'phones') return entries
  const marked = entries.findIndex(entry => isJsonObject(entry) && entry['primary'] === true)
  return entries.map((entry, i) => (isJsonObject(entry) ? { ...entry, primary: i === Math.max(0, marked) } : entry))
}
