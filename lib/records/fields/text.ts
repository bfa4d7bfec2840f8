import type * as z from 'zod'
import type { FieldType } from '#lib/records/fields/field-type.ts'
import { lineOfText, rule } from '#lib/records/fields/rules.ts'
import { lineProblem } from '#lib/records/fields/text-rules.ts'

/** One line of text. */
export const text: FieldType<'text'> = {
  schema(field) {
    const line = lineOfText(field.maxLength ?? 200, lineProblem) as z.ZodString
    const shaped = field.upperCase ? line.overwrite(value => value.normalize('NFKC').toUpperCase()) : line
    if (!field.pattern) return shaped
    const { regex, message } = field.pattern
    const whole = new RegExp(`^(?:${regex})$`, 'u')
    return shaped.check(rule('invalid_format', value => (whole.test(value) ? undefined : `is malformed: ${message}.`)))
  },
  cel: () => ({ name: 'string' }),
  mask: value => maskText(String(value)),
  searchTexts: value => [String(value)],
}

/** First character and three stars: how a masked text shows. */
function maskText(value: string): string {
  const [first = ''] = value
  return `${first}***`
}
