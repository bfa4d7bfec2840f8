import * as z from 'zod'
import type { FieldType } from '#lib/records/fields/field-type.ts'
import { rule } from '#lib/records/fields/rules.ts'

/** A number within a double's exact range. */
export const number: FieldType<'number'> = {
  schema: field =>
    z
      .number()
      // -0 + 0 is 0: no client wants a negative zero back.
      .overwrite(value => value + 0)
      .check(
        rule('invalid_number', value => {
          if (Math.abs(value) > Number.MAX_SAFE_INTEGER) return 'is too large to be kept exactly; send it as text.'
          if (field.integer && !Number.isInteger(value)) return 'must be a whole number.'
          if (field.min !== undefined && value < field.min) return `must be at least ${field.min}.`
          if (field.max !== undefined && value > field.max) return `must be at most ${field.max}.`
          return undefined
        }),
      ),
  cel: () => ({ name: 'double' }),
}
