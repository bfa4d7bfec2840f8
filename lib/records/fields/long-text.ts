import * as z from 'zod'
import type { FieldType } from '#lib/records/fields/field-type.ts'
import { longer, rule } from '#lib/records/fields/rules.ts'
import { linesProblem, tidyText } from '#lib/records/fields/text-rules.ts'

/** 50,000 characters are at most 200 KB: half of DynamoDB's 400 KB item. */
const maxLength = 50_000

/** Text of several lines. */
export const longText: FieldType<'longText'> = {
  schema: () =>
    z
      .string()
      .overwrite(value => tidyText(value.replaceAll('\r\n', '\n')))
      .check(
        rule('invalid_text', linesProblem),
        rule('too_long', value =>
          longer(value, maxLength) ? `is longer than ${maxLength} characters; shorten it.` : undefined,
        ),
      ),
  cel: () => ({ name: 'string' }),
}
