import { wholePattern } from '#lib/settings/pattern/whole-pattern.ts'
import type { FieldDefinition, ObjectDefinition } from '#schemas/definition.ts'
import { isJsonObject, type Json, type JsonObject } from '#schemas/json.ts'
import type { EntryStandard } from '#schemas/settings/standards.ts'

/** An entry standard that a record does not meet; `detail` names the field and what to do, and quotes nothing; `found` is what is not allowed. */
export type BrokenStandard = {
  field: string
  code: 'required' | 'invalid_format' | 'not_allowed' | 'too_short'
  detail: string
  found?: string
}

/** The entry standards of one object, by field. */
export type ObjectStandards = Readonly<Record<string, EntryStandard>>

/** What a record's fields do not meet of its object's entry standards, in the order of the fields. */
export function brokenStandards(
  object: ObjectDefinition,
  fields: JsonObject,
  standards: ObjectStandards,
): BrokenStandard[] {
  return Object.entries(object.fields).flatMap(([name, field]) => {
    const standard = Object.hasOwn(standards, name) ? standards[name] : undefined
    return standard ? brokenBy(name, { field, standard, value: fields[name] }) : []
  })
}

type Entry = { field: FieldDefinition; standard: EntryStandard; value: Json | undefined }

function brokenBy(name: string, { field, standard, value }: Entry): BrokenStandard[] {
  if (value === undefined) {
    const detail = `${name} is required by the entry standards; give it a value.`
    return standard.required ? [{ field: name, code: 'required', detail }] : []
  }
  const { pattern, allowed, minLength = 0 } = standard
  const texts = textsOf(field, value)
  const broken: BrokenStandard[] = []
  const stranger = allowed && texts.find(text => !allowed.includes(text))
  if (stranger !== undefined) broken.push(notAllowed(name, stranger, allowed ?? []))
  if (pattern && texts.some(text => !wholePattern(pattern.regex)(text))) {
    const detail = `${name} is not as the entry standards want it: ${pattern.message.replace(/[.。]$/u, '')}.`
    broken.push({ field: name, code: 'invalid_format', detail })
  }
  if (lengthOf(value) < minLength) {
    const unit = Array.isArray(value) ? 'entries' : 'characters'
    const detail = `${name} must have at least ${minLength} ${unit} by the entry standards; add what is missing.`
    broken.push({ field: name, code: 'too_short', detail })
  }
  return broken
}

/** The texts in a value that patterns and allowed values are about: entries of lists one by one. */
function textsOf({ type }: FieldDefinition, value: Json): string[] {
  const entries = Array.isArray(value) ? value : [value]
  const hasParts = type === 'emails' || type === 'phones'
  return entries.flatMap(entry => {
    const text = hasParts && isJsonObject(entry) ? entry['value'] : entry
    return typeof text === 'string' ? [text] : []
  })
}

/** Characters (code points) of a text, entries of a list. */
function lengthOf(value: Json): number {
  if (Array.isArray(value)) return value.length
  return typeof value === 'string' ? [...value].length : Infinity
}

/** 20: a list that a person still reads. */
const mostNamed = 20

function notAllowed(field: string, text: string, allowed: readonly string[]): BrokenStandard {
  const more = allowed.length > mostNamed ? ` and ${allowed.length - mostNamed} more` : ''
  const names = `${allowed.slice(0, mostNamed).join(', ')}${more}`
  return { field, code: 'not_allowed', detail: `${field} must be one of ${names} by the entry standards.`, found: text }
}

/** The same with what was found, for whoever entered it or may see it. */
export function withFound({ detail, found }: Pick<BrokenStandard, 'detail' | 'found'>): string {
  return found === undefined ? detail : `${detail.slice(0, -1)}, not ${JSON.stringify(found.slice(0, 60))}.`
}
