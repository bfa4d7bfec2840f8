import * as z from 'zod'
import type { FieldType } from '#lib/records/fields/field-type.ts'
import { rule } from '#lib/records/fields/rules.ts'

const hint = 'must be an RFC 3339 time with its offset, such as 2026-03-31T09:00:00+08:00.'
const day = z.iso.date()
const shape = /^\d{4}-\d\d-\d\dT([01]\d|2[0-3]):\d\d:\d\d(\.\d{1,9})?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$/

/** A moment; any offset is taken, UTC with milliseconds is stored. */
export const dateTime: FieldType<'dateTime'> = {
  schema: () =>
    z
      .string(hint)
      .overwrite(text => utcTime(text) ?? text)
      .check(rule('invalid_time', text => (utcTime(text) === text ? undefined : hint))),
  cel: () => ({ name: 'google.protobuf.Timestamp' }),
  toCel: value => new Date(String(value)),
}

/** A moment of the years 1 to 9999 as UTC with milliseconds; undefined when the text is no RFC 3339 time. */
export function utcTime(text: string): string | undefined {
  const upper = text.toUpperCase()
  if (!shape.test(upper) || !day.safeParse(upper.slice(0, 10)).success) return undefined
  const time = Date.parse(upper)
  const year = new Date(time).getUTCFullYear()
  return year >= 1 && year <= 9999 ? new Date(time).toISOString() : undefined
}
