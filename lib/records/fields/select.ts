import * as z from 'zod'
import type { FieldType } from '#lib/records/fields/field-type.ts'

/** One of the field's options. */
export const select: FieldType<'select'> = {
  schema: field => choice(field.options.map(option => option.value)),
  cel: () => ({ name: 'string' }),
}

/** Several of the field's options, each once. */
export const multiSelect: FieldType<'multiSelect'> = {
  schema: field => z.array(choice(field.options.map(option => option.value))).overwrite(values => [...new Set(values)]),
  cel: () => ({ name: 'list<string>' }),
}

function choice(values: string[]): z.ZodType<string> {
  return z.enum(values, `must be one of ${values.join(', ')}.`)
}
