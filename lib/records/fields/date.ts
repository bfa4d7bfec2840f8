import * as z from 'zod'
import type { FieldType } from '#lib/records/fields/field-type.ts'

/** A day of the calendar, `YYYY-MM-DD`, without a time zone. */
export const date: FieldType<'date'> = {
  schema: () => z.iso.date('must be a day of the calendar such as 2026-03-31.'),
  cel: () => ({ name: 'string' }),
  mask: value => `${String(value).slice(0, 4)}-**-**`,
}
