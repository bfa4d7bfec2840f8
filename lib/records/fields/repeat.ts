import * as z from 'zod'
import { repeatProblem, tidyRepeat } from '#lib/occurrences/repeat-text.ts'
import type { FieldType } from '#lib/records/fields/field-type.ts'
import { rule } from '#lib/records/fields/rules.ts'

/** How something comes again: a recurrence rule of RFC 5545. */
export const repeat: FieldType<'repeat'> = {
  schema: () => z.string().overwrite(tidyRepeat).check(rule('invalid_repeat', repeatProblem)),
  cel: () => ({ name: 'string' }),
}
