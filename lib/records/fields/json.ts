import * as z from 'zod'
import type { FieldType } from '#lib/records/fields/field-type.ts'
import { rule } from '#lib/records/fields/rules.ts'
import type { Json } from '#schemas/json.ts'

/** 64 KB: leaves room for the rest of the record and its change in 400 KB items. */
const maxBytes = 65_536
/** 24: DynamoDB's 32 levels of an item, less those around the value in a change. */
const maxDepth = 24
/** DynamoDB keeps no number closer to zero. */
const smallest = 1e-130

/** Any JSON value, kept as it is. */
export const json: FieldType<'json'> = {
  schema: () =>
    z
      .custom<Json>(value => value !== undefined)
      .check(
        rule('invalid_json', value => jsonProblem(value, 1)),
        rule('too_long', value =>
          Buffer.byteLength(JSON.stringify(value)) > maxBytes ? 'is larger than 64 KB; shorten it.' : undefined,
        ),
      ),
  cel: () => ({ name: 'dyn' }),
}

/** What DynamoDB could not keep as it is. */
function jsonProblem(value: Json, depth: number): string | undefined {
  if (typeof value === 'number') return numberProblem(value)
  if (typeof value === 'string')
    return value.isWellFormed() ? undefined : 'contains half of a character; send valid Unicode.'
  if (typeof value !== 'object' || value === null) return undefined
  if (depth > maxDepth) return `is nested deeper than ${maxDepth} levels; flatten it.`
  for (const [name, part] of Object.entries(value)) {
    const problem = nameProblem(name) ?? jsonProblem(part, depth + 1)
    if (problem) return problem
  }
  return undefined
}

function numberProblem(value: number): string | undefined {
  const size = Math.abs(value)
  const isKept = size === 0 || (size >= smallest && size <= Number.MAX_SAFE_INTEGER)
  return isKept ? undefined : 'contains a number that cannot be kept exactly; send it as text.'
}

function nameProblem(name: string): string | undefined {
  if (name === '__proto__') return 'contains the name __proto__; rename it.'
  if (name === '') return 'contains an empty name; give it one.'
  return name.isWellFormed() ? undefined : 'contains half of a character in a name; send valid Unicode.'
}
