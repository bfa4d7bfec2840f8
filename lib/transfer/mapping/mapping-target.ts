import { currencyCodes } from '#lib/transfer/mapping/currency-codes.ts'
import type { FieldDefinition, FieldOf, ObjectDefinition } from '#schemas/definition.ts'

/** Where the cells of a column go: a field, or a part of one. */
export type MappingTarget = { path: string; field: string; part: string; definition: FieldDefinition }

/** How the dates of a column are written: day first, month first, or as Excel's day numbers. */
export const dateOrders = ['dmy', 'mdy', 'excel'] as const
/** One of the ways in which dates are written. */
export type DateOrder = (typeof dateOrders)[number]

/** The parts of an address that a column can fill. */
const addressParts = ['country', 'province', 'city', 'district', 'street', 'postalCode'] as const

/** The parts that a person's name is put together from. */
const nameParts = ['first', 'last']

/**
 * The place a path names, such as `name`, `phones.mobile` or `externalIds.zoho`; a text when there is none: why, and what to write instead.
 */
export function targetOf(object: ObjectDefinition, path: string): MappingTarget | string {
  const dot = path.indexOf('.')
  const field = dot < 0 ? path : path.slice(0, dot)
  const part = dot < 0 ? '' : path.slice(dot + 1)
  const definition = Object.hasOwn(object.fields, field) ? object.fields[field] : undefined
  if (!definition)
    return `${object.name} has no field ${JSON.stringify(field)}; its fields are ${Object.keys(object.fields).join(', ')}. Use '' to leave the column out.`
  if (definition.readOnly) return `${field} is set by the server; use '' to leave the column out.`
  const parts = partsOf(object, field, definition)
  if (fits(parts, part)) return { path, field, part, definition }
  return dot < 0 ? `${field} needs a part: ${hint(field, parts)}.` : `${path} is no place; use ${hint(field, parts)}.`
}

/** Whether several columns may go to the same path. */
function takesSeveral({ definition }: MappingTarget): boolean {
  if (definition.type === 'list') return (definition.entryKey?.length ?? 0) !== 1
  return ['emails', 'phones', 'tags', 'multiSelect'].includes(definition.type)
}

/** Whether two columns would fill the same place. */
export function collide(a: MappingTarget, b: MappingTarget): boolean {
  if (a.field !== b.field) return false
  if (takesSeveral(a)) return false
  const arePartsApart =
    a.definition.type === 'address' || a.definition.type === 'list' || (isNamePart(a) && isNamePart(b))
  return arePartsApart ? placeOf(a) === placeOf(b) : true
}

/** Whether the column holds only the first or the last name. */
export function isNamePart({ definition, part }: MappingTarget): boolean {
  return definition.type === 'text' && nameParts.includes(part)
}

/** The entry field that a part of a list path names, and the one that the cell fills. */
export function entryFields(definition: FieldOf<'list'>): { key: string; value: string } | undefined {
  const key = definition.entryKey?.[0]
  const value = Object.entries(definition.fields).find(([name, part]) => part.required && name !== key)?.[0]
  return key === undefined || value === undefined ? undefined : { key, value }
}

type Parts = { names: readonly string[]; isOpen?: boolean; isOptional?: boolean }

function partsOf(object: ObjectDefinition, field: string, definition: FieldDefinition): Parts {
  switch (definition.type) {
    case 'emails':
    case 'phones':
      return { names: ['mobile', 'work', 'home', 'other'], isOpen: true, isOptional: true }
    case 'address':
      return { names: addressParts }
    case 'date':
    case 'dateTime':
      return { names: dateOrders, isOptional: true }
    case 'money':
      return { names: [...currencyCodes()], isOptional: true }
    case 'list':
      return listParts(definition)
    case 'text':
      return { names: field === object.titleField ? nameParts : [], isOptional: true }
    default:
      return { names: [], isOptional: true }
  }
}

/** Options of the entry's key, or any text where the key is text: `handles.wechat`, `externalIds.zoho`. */
function listParts(definition: FieldOf<'list'>): Parts {
  const fields = entryFields(definition)
  const key = fields && definition.fields[fields.key]
  if (key?.type === 'select') return { names: key.options.map(option => option.value) }
  return key?.type === 'text' ? { names: ['<name of the system>'], isOpen: true } : { names: [] }
}

function fits({ names, isOpen, isOptional }: Parts, part: string): boolean {
  if (part === '') return isOptional === true
  return names.includes(part) || (isOpen === true && /^[\p{L}\p{N}._-]{1,40}$/u.test(part))
}

function hint(field: string, { names, isOptional }: Parts): string {
  const shown = names.slice(0, 12).map(name => `${field}.${name}`)
  return [...(isOptional ? [field] : []), ...shown].join(', ') || `another field`
}

/** An address's or list's part; dates and money are one place whatever their part. */
function placeOf({ definition, field, part }: MappingTarget): string {
  return definition.type === 'address' || definition.type === 'list' || definition.type === 'text'
    ? `${field}.${part}`
    : field
}
