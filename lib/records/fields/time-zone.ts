import * as z from 'zod'
import type { FieldType } from '#lib/records/fields/field-type.ts'
import { rule } from '#lib/records/fields/rules.ts'
import { isTimeZone } from '#schemas/tenant.ts'

const hint = 'must be an IANA time zone such as Asia/Shanghai or Europe/Berlin.'

/** A time zone by its name in the IANA database. */
export const timeZone: FieldType<'timeZone'> = {
  // 50: the longest that EventBridge Scheduler takes.
  schema: () =>
    z
      .string(hint)
      .overwrite(text => text.trim())
      .check(rule('invalid_time_zone', text => (text.length <= 50 && isTimeZone(text) ? undefined : hint))),
  cel: () => ({ name: 'string' }),
}
