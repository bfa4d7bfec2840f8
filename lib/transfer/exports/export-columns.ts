import { entryFields } from '#lib/transfer/mapping/mapping-target.ts'
import type { FieldDefinition, ObjectDefinition } from '#schemas/definition.ts'
import { isJsonObject, type Json, type JsonObject } from '#schemas/json.ts'

/** A column of an exported file: its header is a path that an import maps back to the same place. */
export type ExportColumn = { header: string; cell(record: JsonObject): string }

/** Parts of an address, each a column. */
const addressParts = ['country', 'province', 'city', 'district', 'street', 'postalCode']

/**
 * Parts of labelled values (`phones.mobile`, `externalIds.erp`) that the records of an export have, by field, and how often
 * one holds the record's primary value: such a column comes first, as what comes first is primary to whoever imports it.
 */
export type UsedParts = Map<string, Map<string, number>>

/** Notes which labels and systems a record uses, so that each gets a column. */
export function noteParts(object: ObjectDefinition, record: JsonObject, used: UsedParts): void {
  for (const [name, field] of Object.entries(object.fields)) {
    const value = record[name]
    if (!Array.isArray(value) || !hasParts(field)) continue
    const parts = used.get(name) ?? new Map<string, number>()
    for (const entry of value) {
      const part = partOf(field, entry)
      const isPrimary = isJsonObject(entry) && entry['primary'] === true
      parts.set(part, (parts.get(part) ?? 0) + (isPrimary ? 1 : 0))
    }
    used.set(name, parts)
  }
}

/** The columns of an export: id first, then the fields asked for, then who changed it when. */
export function exportColumns(
  object: ObjectDefinition,
  fields: readonly string[] | undefined,
  used: UsedParts,
): ExportColumn[] {
  const names = fields ?? Object.keys(object.fields)
  const served = fields ? [] : ['version', 'createdAt', 'createdBy', 'updatedAt', 'updatedBy']
  return [
    plainColumn('id'),
    ...names.filter(name => name !== 'id').flatMap(name => columnsOf(name, object.fields[name], used.get(name))),
    ...served.map(plainColumn),
  ]
}

function columnsOf(
  name: string,
  field: FieldDefinition | undefined,
  used: ReadonlyMap<string, number> | undefined,
): ExportColumn[] {
  if (field?.type === 'address')
    return addressParts.map(part => ({
      header: `${name}.${part}`,
      cell: record => textOf(isJsonObject(record[name]) ? record[name][part] : undefined),
    }))
  if (!field || !hasParts(field)) return [plainColumn(name)]
  const parts = [...(used ?? [])].toSorted(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
  return parts.map(([part]) => ({
    header: part === '' ? name : `${name}.${part}`,
    cell: record => {
      const entries = Array.isArray(record[name]) ? record[name] : []
      return entries
        .filter(entry => partOf(field, entry) === part)
        .map(entry => entryText(field, entry))
        .join('; ')
    },
  }))
}

function plainColumn(name: string): ExportColumn {
  return { header: name, cell: record => textOf(record[name]) }
}

function hasParts(field: FieldDefinition): boolean {
  if (field.type === 'list') return entryFields(field) !== undefined
  return field.type === 'emails' || field.type === 'phones'
}

function partOf(field: FieldDefinition, entry: Json): string {
  const key = field.type === 'list' ? entryFields(field)?.key : 'label'
  const part = isJsonObject(entry) && key !== undefined ? entry[key] : undefined
  return typeof part === 'string' ? part : ''
}

function entryText(field: FieldDefinition, entry: Json): string {
  if (!isJsonObject(entry)) return textOf(entry)
  const key = field.type === 'list' ? entryFields(field)?.value : 'value'
  return textOf(key === undefined ? entry : entry[key])
}

function textOf(value: Json | undefined): string {
  if (value === undefined || value === null) return ''
  if (Array.isArray(value))
    return value.every(part => typeof part === 'string') ? value.join('; ') : JSON.stringify(value)
  if (!isJsonObject(value)) return String(value)
  const { amount, currency } = value
  return amount !== undefined && currency !== undefined ? `${amount} ${currency}` : JSON.stringify(value)
}
