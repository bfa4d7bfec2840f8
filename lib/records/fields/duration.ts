import * as z from 'zod'
import type { FieldType } from '#lib/records/fields/field-type.ts'

/** A span of time, ISO 8601, such as P90D. */
export const duration: FieldType<'duration'> = {
  schema: () =>
    z.iso
      .duration('must be an ISO 8601 duration such as P90D (90 days) or P6M (6 months).')
      .max(40, 'is longer than 40 characters; shorten it.'),
  cel: () => ({ name: 'string' }),
}
