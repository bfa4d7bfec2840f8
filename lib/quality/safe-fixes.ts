import { formatPhones } from '#lib/quality/format-phones.ts'
import { lowerDomain, narrowed, narrowedEmail, trimmed, trimmedEmail, withScheme } from '#lib/quality/mend-texts.ts'
import { fieldsOfType } from '#lib/quality/rules/rule.ts'
import type { Fix, FixKind } from '#lib/quality/types.ts'
import { withoutRepeated } from '#lib/quality/without-repeated.ts'
import type { StoredRecord } from '#lib/store/items.ts'
import type { FieldDefinition, ObjectDefinition } from '#schemas/definition.ts'
import { isJsonObject, type Json } from '#schemas/json.ts'
import type { TenantPolicy } from '#schemas/settings.ts'

/** Fixes that may be made, and the region whose the phone numbers without a country code are. */
type AllowedFixes = TenantPolicy['cleanup']['fixes'] & { phoneRegion: string }

/**
 * Changes of a record that cannot lose meaning, in the order to make them: pure, and none for a record that has been fixed.
 * What is not certain to be right afterwards is left as it is, for a person to see.
 */
export function safeFixes(
  object: ObjectDefinition,
  record: Pick<StoredRecord, 'fields'>,
  allowed: AllowedFixes,
): Fix[] {
  const fixes: Fix[] = []
  const region = ownRegion(object, record, allowed)
  for (const [field, definition] of Object.entries(object.fields)) {
    // Identifiers are other systems' business, and what the server sets is its own.
    if (definition.unique || definition.readOnly) continue
    let value = record.fields[field]
    for (const [kind, step] of steps[definition.type] ?? []) {
      if (value === undefined || value === null || !allowed[kind]) continue
      const to: Json = step(value, region)
      if (to !== value) fixes.push({ kind, field, from: value, to })
      value = to
    }
  }
  return fixes
}

/** Gives the very value it got where there is nothing to fix. */
type Step = (value: Json, region: string | undefined) => Json
type Steps = readonly (readonly [FixKind, Step])[]

const text: Steps = [
  ['trim', value => mapTexts(value, trimmed)],
  ['normalizeWidth', value => mapTexts(value, narrowed)],
]
const steps: Readonly<Partial<Record<FieldDefinition['type'], Steps>>> = {
  text,
  address: text,
  longText: [['trim', value => mapTexts(value, trimmed)]],
  tags: [...text, ['dropRepeated', withoutRepeated]],
  multiSelect: [['dropRepeated', withoutRepeated]],
  emails: [
    ['trim', value => mapEntries(value, trimmedEmail)],
    ['normalizeWidth', value => mapEntries(value, narrowedEmail)],
    ['emailCase', value => mapEntries(value, lowerDomain)],
    ['dropRepeated', withoutRepeated],
  ],
  phones: [
    ['phoneFormat', formatPhones],
    ['dropRepeated', withoutRepeated],
  ],
  url: [
    ['trim', value => mapTexts(value, trimmed)],
    ['urlScheme', value => mapTexts(value, withScheme)],
  ],
}

/** A number without a country code, of somebody in another country, may be of either: nobody knows. */
function ownRegion(
  object: ObjectDefinition,
  { fields }: Pick<StoredRecord, 'fields'>,
  { phoneRegion }: AllowedFixes,
): string | undefined {
  const isAbroad = fieldsOfType(object, 'address').some(name => {
    const address = fields[name]
    return isJsonObject(address) && typeof address['country'] === 'string' && address['country'] !== phoneRegion
  })
  return isAbroad ? undefined : phoneRegion
}

/** A text, the parts of an address, or the words of a list. */
function mapTexts(value: Json, change: (text: string) => string): Json {
  if (typeof value === 'string') return change(value)
  if (Array.isArray(value)) {
    const changed = value.map(entry => (typeof entry === 'string' ? change(entry) : entry))
    return changed.some((entry, i) => entry !== value[i]) ? changed : value
  }
  if (!isJsonObject(value)) return value
  const parts = Object.entries(value).map(([name, part]) => [name, typeof part === 'string' ? change(part) : part])
  return parts.some(([name, part]) => part !== value[String(name)]) ? Object.fromEntries(parts) : value
}

/** The entries of an e-mail list with each `value` changed. */
function mapEntries(list: Json, change: (value: string) => string): Json {
  if (!Array.isArray(list)) return list
  const changed = list.map(entry => {
    if (!isJsonObject(entry) || typeof entry['value'] !== 'string') return entry
    const value = change(entry['value'])
    return value === entry['value'] ? entry : { ...entry, value }
  })
  return changed.some((entry, i) => entry !== list[i]) ? changed : list
}
