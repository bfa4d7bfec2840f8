import { parseStreet, streetKey } from '#lib/normalize/address.ts'
import { companyRoot } from '#lib/normalize/company-name.ts'
import { companyDomainOf, mailboxOf } from '#lib/normalize/email.ts'
import { nameKey, parsePersonName } from '#lib/normalize/person-name.ts'
import { fold, squeeze } from '#lib/normalize/text.ts'
import { valuesOf } from '#lib/records/fields/emails.ts'
import { hostOf } from '#lib/records/fields/url.ts'
import { type PersonFields, personKeys } from '#lib/records/person-keys.ts'
import { entryKeys } from '#lib/records/unique-values.ts'
import type { FieldDefinition, ObjectDefinition } from '#schemas/definition.ts'
import { isJsonObject, type Json, type JsonObject } from '#schemas/json.ts'
import type { matchKinds } from '#schemas/match-kinds.ts'

/** What a match key is made of. */
export type MatchKind = (typeof matchKinds)[number]

/** A value that likely duplicates share. */
export type MatchKey = { kind: MatchKind; value: string }

const makers: Record<MatchKind, (value: Json, field: FieldDefinition) => string[]> = {
  email: value => valuesOf(value).map(mailboxOf),
  phone: value => valuesOf(value),
  taxId: value => [squeeze(fold(String(value))).toUpperCase()],
  domain: value => (typeof value === 'string' ? [hostOf(value) ?? ''] : mailDomains(value)),
  name: value => [squeeze(companyRoot(String(value)))],
  person: value => [nameKey(parsePersonName(String(value))) ?? ''],
  handle: (value, field) => entryKeys(value, field).map(key => key.toLowerCase()),
  externalId: (value, field) => entryKeys(value, field),
  date: value => [String(value)],
  address: value => [streetKey(parseStreet(streetOf(value))) ?? ''],
  // Keys together with a person's name only.
  mailName: () => [],
  place: () => [],
  employer: () => [],
  role: () => [],
}

/** Keys of a record: two records that share one are compared; few, since each is an item of every write. */
export function matchKeys(object: ObjectDefinition, fields: JsonObject): MatchKey[] {
  const { keyed, personal } = sourcesOf(object)
  const keys: MatchKey[] = []
  const add = (kind: MatchKind, value: string) => {
    if (value !== '' && !keys.some(key => key.kind === kind && key.value === value)) keys.push({ kind, value })
  }
  for (const { name, field, kinds } of keyed) {
    const value = fields[name]
    if (value === undefined || value === null) continue
    for (const kind of kinds) for (const text of makers[kind](value, field)) add(kind, text)
  }
  for (const { kind, value } of personKeys(fields, personal)) add(kind, value)
  return keys
}

/** Normalized values that find a record by this kind of key; near-duplicates share one. */
export function matchValues(kind: MatchKind, value: Json, field: FieldDefinition): string[] {
  return [...new Set(makers[kind](value, field).filter(text => text !== ''))]
}

type Sources = {
  keyed: { name: string; field: FieldDefinition; kinds: readonly MatchKind[] }[]
  personal: PersonFields
}

const sources = new WeakMap<ObjectDefinition, Sources>()

/** Fields that give keys, found once an object. */
function sourcesOf(object: ObjectDefinition): Sources {
  const known = sources.get(object)
  if (known) return known
  const all = Object.entries(object.fields).map(([name, field]) => ({ name, field, kinds: field.matchOn ?? [] }))
  const find = (kind: MatchKind) => all.find(({ kinds }) => kinds.includes(kind))?.name ?? ''
  const found = {
    keyed: all.filter(({ kinds }) => kinds.length > 0),
    personal: {
      person: find('person'),
      employer: find('employer'),
      parent: all.find(({ field }) => field.type === 'reference' && field.parent === true)?.name ?? '',
      mailName: find('mailName'),
      place: find('place'),
    },
  }
  sources.set(object, found)
  return found
}

function mailDomains(value: Json): string[] {
  return valuesOf(value).flatMap(email => companyDomainOf(email) ?? [])
}

function streetOf(value: Json): string {
  const street = isJsonObject(value) ? value['street'] : undefined
  return typeof street === 'string' ? street : ''
}
