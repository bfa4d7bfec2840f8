import type * as z from 'zod'
import { type FieldProblem, invalid, pointerTo } from '#lib/errors.ts'

type PathToPointer = (path: readonly PropertyKey[]) => string

/**
 * Parses a value at the border.
 * @param at turns the path of a problem into its pointer.
 * @throws CrmError `validation_failed` or `unknown_field` with every problem.
 */
export function parseAt<S extends z.ZodType>(schema: S, value: unknown, at: PathToPointer): z.output<S> {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  throw invalid(result.error.issues.flatMap(issue => problemsOf(issue, at)))
}

/** The place of a value in the body. */
export function bodyPointer(path: readonly PropertyKey[]): string {
  return pointerTo(...path)
}

/** The place of a query parameter. */
export function queryPointer(path: readonly PropertyKey[]): string {
  return `?${path.map(String).join('.')}`
}

function problemsOf(issue: z.core.$ZodIssue, at: PathToPointer): FieldProblem[] {
  if (issue.code !== 'unrecognized_keys') return [problem(at(issue.path), codeOf(issue), messageOf(issue))]
  return issue.keys.map(key => problem(at([...issue.path, key]), 'unknown_field', 'is not known here; leave it out'))
}

/** Our messages go on after the name of what they are about: `limit must be ...`. */
function problem(pointer: string, code: string, message: string): FieldProblem {
  const name = pointer.replace(/^[?/]/, '').replaceAll('/', '.')
  return { pointer, code, detail: `${name || 'The body'} ${message.replace(/\.$/, '')}.` }
}

function messageOf(issue: z.core.$ZodIssue): string {
  if (isMissing(issue)) return 'is required'
  if (/^(must|is|has|needs) /.test(issue.message)) return issue.message
  return `is not valid: ${issue.message}`
}

function codeOf(issue: z.core.$ZodIssue): string {
  if (isMissing(issue)) return 'required'
  return issue.code === 'custom' ? 'invalid_value' : issue.code
}

function isMissing(issue: z.core.$ZodIssue): boolean {
  return issue.code === 'invalid_type' && issue.message.endsWith('received undefined')
}
