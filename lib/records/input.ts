import type * as z from 'zod'
import { type FieldProblem, invalid, pointerTo } from '#lib/errors.ts'
import type { CompiledField, CompiledObject } from '#lib/records/compile.ts'
import { isEmpty } from '#lib/records/fields/empty.ts'
import { isJsonObject, type Json, type JsonObject } from '#schemas/json.ts'
import { serverFields } from '#schemas/server-fields.ts'

/** Field values to set, and fields to clear. */
export type ParsedInput = { set: JsonObject; clear: string[] }

/**
 * Checks a new record or a merge patch field by field. Null, empty text and empty lists clear a field.
 * @throws CrmError naming every field that is wrong, why, and what to do.
 */
export async function parseInput(object: CompiledObject, input: unknown): Promise<ParsedInput> {
  if (!isJsonObject(input))
    throw invalid([{ pointer: '', code: 'invalid_type', detail: 'The body must be a JSON object of fields.' }])
  await Promise.all(Object.keys(input).map(name => object.fields.get(name)?.type.prepare?.()))
  const problems: FieldProblem[] = []
  const parsed: ParsedInput = { set: {}, clear: [] }
  for (const [name, value] of Object.entries(input)) {
    const field = object.fields.get(name)
    if (field) parseField(field, value, parsed, problems)
    else problems.push(strangerProblem(object, name))
  }
  if (problems.length > 0) throw invalid(problems)
  return parsed
}

/**
 * Checks that every required field has a value.
 * @throws CrmError naming each that is empty.
 */
export function requireFields(object: CompiledObject, fields: JsonObject): void {
  const problems = [...object.fields.values()]
    .filter(field => field.definition.required && fields[field.name] === undefined)
    .map(({ name }) => ({
      pointer: pointerTo(name),
      code: 'required',
      detail: `${name} is required; give it a value.`,
    }))
  if (problems.length > 0) throw invalid(problems)
}

function parseField(field: CompiledField, value: Json, parsed: ParsedInput, problems: FieldProblem[]): void {
  if (field.definition.readOnly) {
    problems.push(readOnlyProblem(field.name))
    return
  }
  if (isEmpty(value)) {
    parsed.clear.push(field.name)
    return
  }
  const result = field.schema.safeParse(value)
  if (!result.success) problems.push(...result.error.issues.flatMap(issue => issueProblems(field.name, issue)))
  else if (isEmpty(result.data)) parsed.clear.push(field.name)
  else parsed.set[field.name] = result.data
}

function strangerProblem(object: CompiledObject, name: string): FieldProblem {
  if (serverFields.some(reserved => reserved === name)) return readOnlyProblem(name)
  const known = [...object.fields.keys()].join(', ')
  const detail = `${object.definition.name} has no field ${JSON.stringify(name)}; its fields are ${known}.`
  return { pointer: pointerTo(name), code: 'unknown_field', detail }
}

function readOnlyProblem(name: string): FieldProblem {
  return { pointer: pointerTo(name), code: 'field_read_only', detail: `${name} is set by the server; leave it out.` }
}

function issueProblems(field: string, issue: z.core.$ZodIssue): FieldProblem[] {
  const place = [field, ...issue.path]
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map(key => ({
      pointer: pointerTo(...place, key),
      code: 'unknown_field',
      detail: `${[...place, key].join('.')} is not part of ${field}; leave it out.`,
    }))
  const code = issue.code === 'custom' ? String(issue.params?.['code'] ?? 'invalid') : issue.code
  return [{ pointer: pointerTo(...place), code, detail: `${place.map(String).join('.')} ${sentence(issue)}` }]
}

const kinds: Record<string, string> = {
  string: 'text',
  number: 'a number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object of parts',
}

/** Our own messages continue the field's name; zod's stand by themselves. */
function sentence(issue: z.core.$ZodIssue): string {
  const isOurs = /^(must|is|has|contains) /.test(issue.message)
  if (isOurs) return issue.message
  if (issue.code === 'invalid_type') return `must be ${kinds[issue.expected] ?? issue.expected}.`
  return `is not valid: ${issue.message}.`
}
