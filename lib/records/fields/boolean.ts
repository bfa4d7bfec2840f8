import * as z from 'zod'
import type { FieldType } from '#lib/records/fields/field-type.ts'

/** True or false. */
export const boolean: FieldType<'boolean'> = {
  schema: () => z.boolean(),
  cel: () => ({ name: 'bool' }),
}
