import type { FieldDefinition, FieldOf, ObjectDefinition } from '#schemas/meta-schema.ts'
import { serverFields } from '#schemas/server-fields.ts'

/** What contradicts itself in a definition of the right shape, each as `object.field: ...`. */
export function inconsistencies(definition: ObjectDefinition): string[] {
  const { name, fields, titleField, timeField, ownerField, teamField } = definition
  const problems: string[] = []
  if (!Object.hasOwn(fields, titleField))
    problems.push(`${name}.${titleField}: titleField names no field of the object`)
  if (timeField && fields[timeField]?.type !== 'dateTime')
    problems.push(`${name}.${timeField}: timeField must name a dateTime field`)
  if (ownerField && ownerField !== 'id' && fields[ownerField]?.type !== 'user')
    problems.push(`${name}.${ownerField}: ownerField must name a user field`)
  if (teamField && fields[teamField]?.type !== 'reference')
    problems.push(`${name}.${teamField}: teamField must name a reference field`)
  for (const { anyOf, when } of definition.quality?.complete ?? [])
    for (const field of [...anyOf, ...(when ? [when.field] : [])])
      if (!Object.hasOwn(fields, field)) problems.push(`${name}.${field}: quality names no field of the object`)
  for (const [key, field] of Object.entries(fields)) problems.push(...fieldProblems(`${name}.${key}`, field))
  // Only what people deal with has a quality; the name is free for what is said about it.
  for (const key of serverFields)
    if (Object.hasOwn(fields, key) && !(definition.system && key === 'quality'))
      problems.push(`${name}.${key}: the name belongs to the server`)
  const parents = Object.values(fields).filter(field => field.type === 'reference' && field.parent)
  if (parents.length > 1) problems.push(`${name}: more than one field is marked as parent`)
  return problems
}

function fieldProblems(where: string, field: FieldDefinition): string[] {
  const problems = field.type === 'list' ? listProblems(where, field) : valueProblems(where, field)
  if (field.unique && !['text', 'list', 'number'].includes(field.type))
    problems.push(`${where}: a ${field.type} field cannot be unique`)
  return problems
}

function listProblems(where: string, field: FieldOf<'list'>): string[] {
  const parts = Object.entries(field.fields)
  const required = new Set(parts.flatMap(([name, part]) => (part.required ? [name] : [])))
  const problems = parts.flatMap(([name, part]) => valueProblems(`${where}.${name}`, part))
  if (field.unique && !field.entryKey) problems.push(`${where}: a unique list needs entryKey`)
  for (const part of field.entryKey ?? [])
    if (!required.has(part)) problems.push(`${where}: entryKey names ${part}, which is no required field of an entry`)
  return problems
}

function valueProblems(where: string, field: Exclude<FieldDefinition, { type: 'list' }>): string[] {
  const problems: string[] = []
  if (field.type === 'select' && field.default && !field.options.some(o => o.value === field.default))
    problems.push(`${where}: default "${field.default}" is none of its options`)
  if ((field.type === 'select' || field.type === 'multiSelect') && hasRepeats(field.options.map(o => o.value)))
    problems.push(`${where}: an option appears twice`)
  if (field.type === 'number' && (field.min ?? Number.NEGATIVE_INFINITY) > (field.max ?? Number.POSITIVE_INFINITY))
    problems.push(`${where}: min is above max`)
  if (field.type === 'reference' && field.restrictDelete && !field.lookup)
    problems.push(`${where}: restrictDelete needs lookup`)
  if (field.type === 'text' && field.pattern && !isRegex(field.pattern.regex))
    problems.push(`${where}: pattern is not a regular expression`)
  return problems
}

function hasRepeats(values: string[]): boolean {
  return new Set(values).size < values.length
}

function isRegex(source: string): boolean {
  try {
    return Boolean(new RegExp(`^(?:${source})$`, 'u'))
  } catch {
    return false
  }
}
