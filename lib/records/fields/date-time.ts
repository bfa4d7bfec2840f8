import * as z from 'zod'
import type { FieldType } from '#lib/records/fields/field-type.ts'

/** A moment; any offset is taken, UTC with milliseconds is stored. */
export const dateTime: FieldType<'dateTime'> = {
  schema: () =>
    z.iso
      .datetime({ offset: true, error: 'must be an RFC 3339 time with its offset, such as 2026-03-31T09:00:00+08:00.' })
      .overwrite(value => new Date(value).toISOString()),
  cel: () => ({ name: 'google.protobuf.Timestamp' }),
  toCel: value => new Date(String(value)),
}
