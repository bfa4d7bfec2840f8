import { type Fault, faultless, type Judged } from '#lib/quality/rules/rule.ts'
import { isEmpty } from '#lib/records/fields/empty.ts'
import type { ObjectDefinition } from '#schemas/definition.ts'
import type { JsonObject } from '#schemas/json.ts'

type Line = NonNullable<ObjectDefinition['quality']>['complete'][number]

/** Finds what a complete record of the object would have. */
export function incomplete({ object, record }: Judged): readonly Fault[] {
  const lines = object.quality?.complete.filter(line => applies(line, record.fields)) ?? []
  const missing = lines.filter(line => line.anyOf.every(name => isEmpty(record.fields[name])))
  if (missing.length === 0) return faultless
  const whole = lines.reduce((sum, { share }) => sum + share, 0)
  return missing.map(line => faultOf(line, line.share / whole))
}

function applies({ when }: Line, fields: JsonObject): boolean {
  return when === undefined || fields[when.field] === when.is
}

function faultOf({ anyOf }: Line, share: number): Fault {
  const [field = ''] = anyOf
  const severity = share >= 0.3 ? 'warning' : 'info'
  const isOne = anyOf.length === 1
  const detail = isOne ? `${field} is empty.` : `${anyOf.slice(0, -1).join(', ')} and ${anyOf.at(-1)} are empty.`
  const fix = isOne ? `Fill in ${field}.` : `Fill in one of ${anyOf.join(', ')}.`
  return { field, severity, share, detail, fix, ...(!isOne && { about: anyOf }) }
}
