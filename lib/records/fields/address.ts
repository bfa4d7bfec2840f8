import * as z from 'zod'
import { withoutEmptyParts } from '#lib/records/fields/empty.ts'
import type { FieldType } from '#lib/records/fields/field-type.ts'
import { lineOfText } from '#lib/records/fields/rules.ts'
import { lineProblem } from '#lib/records/fields/text-rules.ts'
import { isJsonObject, type Json } from '#schemas/json.ts'

const parts = { province: 'string', city: 'string', district: 'string', street: 'string', postalCode: 'string' }

const partsSchema = z.strictObject({
  country: z
    .string()
    .trim()
    .toUpperCase()
    .regex(/^[A-Z]{2}$/, 'must be a two-letter country code such as CN.')
    .optional(),
  province: lineOfText(60, lineProblem).optional(),
  city: lineOfText(60, lineProblem).optional(),
  district: lineOfText(60, lineProblem).optional(),
  street: lineOfText(300, lineProblem).optional(),
  postalCode: lineOfText(20, lineProblem).optional(),
})

/** A postal address in parts; `country` is an ISO 3166-1 alpha-2 code. */
export const address: FieldType<'address'> = {
  schema: () => z.unknown().transform(withoutEmptyParts).pipe(partsSchema) as unknown as z.ZodType<Json>,
  cel: (_field, path) => ({ name: path, types: { [path]: { country: 'string', ...parts } } }),
  mask: value => (isJsonObject(value) ? { ...pick(value, ['country', 'province', 'city']), street: '***' } : '***'),
}

function pick(value: Record<string, unknown>, names: string[]): Record<string, string> {
  return Object.fromEntries(names.flatMap(name => (typeof value[name] === 'string' ? [[name, value[name]]] : [])))
}
