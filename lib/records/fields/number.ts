import * as z from 'zod'
import type { FieldType } from '#lib/records/fields/field-type.ts'
import { rule } from '#lib/records/fields/rules.ts'

/** DynamoDB keeps no number closer to zero. */
const smallest = 1e-130

/** A number within a double's exact range. */
export const number: FieldType<'number'> = {
  schema: field =>
    z
      .number()
      // -0 + 0 is 0: no client wants a negative zero back.
      .overwrite(value => value + 0)
      .check(
        rule('invalid_number', value => {
          if (Math.abs(value) > Number.MAX_SAFE_INTEGER) return 'is too large to be kept exactly; make it smaller.'
          if (value !== 0 && Math.abs(value) < smallest) return 'is too close to zero to be kept; send 0.'
          if (field.integer && !Number.isInteger(value)) return 'must be a whole number.'
          if (field.min !== undefined && value < field.min) return `must be at least ${field.min}.`
          if (field.max !== undefined && value > field.max) return `must be at most ${field.max}.`
          return undefined
        }),
      ),
  cel: () => ({ name: 'double' }),
}
