import { isJudged } from '#lib/quality/open-quality.ts'
import type { FieldDefinition, ObjectDefinition } from '#schemas/definition.ts'
import type { Json, JsonObject } from '#schemas/json.ts'
import { standardObjects } from '#schemas/registry.ts'

/** Texts to try on a pattern, one of which fits. */
const texts = ['Evergreen Trading', '91310000MA1K4BCD2X', 'li.na@example.com', 'erp']
const time = '2026-03-31T01:00:00.000Z'

/** An id that shows what ids of an object look like. */
export function exampleId(object: string): string {
  const prefix = standardObjects.byName.get(object)?.prefix ?? object
  return `${prefix}_01jq2v7m4hf8r9s0t1v2w3x4y5`
}

/** A value for a field; undefined where none is worth showing. */
function exampleValue(name: string, field: FieldDefinition): Json | undefined {
  if (field.type === 'text') return textExample(name, field)
  if (field.type === 'select') return field.default ?? field.options[0]?.value
  if (field.type === 'emails')
    return [{ value: 'li.na@example.com', label: 'work', primary: true, status: 'unverified' }]
  if (field.type === 'phones')
    return [{ value: '+8613912345678', entered: '139 1234 5678', primary: true, status: 'unverified' }]
  if (field.type === 'address') return { country: 'CN', province: '上海市', city: '上海市', street: '南京东路 100 号' }
  if (field.type === 'url') return 'https://example.com'
  if (field.type === 'dateTime') return time
  if (field.type === 'localTime') return '2026-03-31T09:00:00'
  if (field.type === 'timeZone') return 'Asia/Shanghai'
  if (field.type === 'tags') return ['vip']
  return field.required ? requiredExample(field) : undefined
}

/** Fields of a record that show what it is like. */
export function exampleFields(object: ObjectDefinition): JsonObject {
  const values = Object.entries(object.fields).flatMap(([name, field]): [string, Json][] => {
    const value = exampleValue(name, field)
    return value === undefined ? [] : [[name, value]]
  })
  return Object.fromEntries(values)
}

/** The least that makes a record. */
export function exampleInput(object: ObjectDefinition): JsonObject {
  const wanted = Object.entries(object.fields).filter(([name, field]) => field.required || name === 'emails')
  const known = exampleFields(object)
  return Object.fromEntries(wanted.flatMap(([name]) => (known[name] === undefined ? [] : [[name, known[name]]])))
}

const exampleQuality: JsonObject = {
  score: 80,
  issues: [
    {
      rule: 'phoneInvalid',
      field: 'phones',
      severity: 'error',
      points: 20,
      detail: 'phones: entry 1 is no number that can be dialled.',
      fix: 'Correct the number, with its area or country code, or remove it from phones.',
    },
  ],
}

/** A whole record. */
export function exampleRecord(object: ObjectDefinition): JsonObject {
  const by = exampleId('user')
  const served = { createdAt: time, createdBy: by, updatedAt: time, updatedBy: by }
  const record = { id: exampleId(object.name), object: object.name, version: 3, ...exampleFields(object), ...served }
  return isJudged(object) ? { ...record, quality: exampleQuality } : record
}

function requiredExample(field: FieldDefinition): Json | undefined {
  if (field.type === 'reference') return exampleId(field.to)
  if (field.type !== 'list') return undefined
  const parts = Object.entries(field.fields).flatMap(([name, part]): [string, Json][] => {
    const value = exampleValue(name, part)
    return value === undefined ? [] : [[name, value]]
  })
  return [Object.fromEntries(parts)]
}

function textExample(name: string, { pattern, maxLength = 200 }: Extract<FieldDefinition, { type: 'text' }>) {
  const fitting = pattern
    ? texts.find(text => new RegExp(`^(?:${pattern.regex})$`, 'u').test(text))
    : name === 'object'
      ? 'customer'
      : texts[0]
  return fitting && fitting.length <= maxLength ? fitting : undefined
}
