import * as z from 'zod'
import type { FieldType } from '#lib/records/fields/field-type.ts'
import { rule } from '#lib/records/fields/rules.ts'
import { localTimeOf } from '#lib/runtime/zoned-time.ts'

const hint = 'must be a local time without an offset, such as 2026-03-31T09:00:00; timeZone says where.'

/** A time on the clocks of a zone that another field names; seconds may be left out. */
export const localTime: FieldType<'localTime'> = {
  schema: () =>
    z
      .string(hint)
      .overwrite(text => localTimeOf(text) ?? text)
      .check(rule('invalid_time', text => (localTimeOf(text) === text ? undefined : hint))),
  cel: () => ({ name: 'string' }),
}
