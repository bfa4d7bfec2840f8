import { boolean } from '#lib/records/fields/boolean.ts'
import { date } from '#lib/records/fields/date.ts'
import { dateTime } from '#lib/records/fields/date-time.ts'
import { duration } from '#lib/records/fields/duration.ts'
import type { FieldType } from '#lib/records/fields/field-type.ts'
import { localTime } from '#lib/records/fields/local-time.ts'
import { longText } from '#lib/records/fields/long-text.ts'
import { money } from '#lib/records/fields/money.ts'
import { number } from '#lib/records/fields/number.ts'
import { reference, user } from '#lib/records/fields/reference.ts'
import { repeat } from '#lib/records/fields/repeat.ts'
import { select } from '#lib/records/fields/select.ts'
import { text } from '#lib/records/fields/text.ts'
import { timeZone } from '#lib/records/fields/time-zone.ts'
import { url } from '#lib/records/fields/url.ts'
import type { ScalarFieldDefinition } from '#schemas/definition.ts'

/** Field types that hold one value: the ones a list entry is made of. */
const byType: { [T in ScalarFieldDefinition['type']]: FieldType<T> } = {
  text,
  longText,
  number,
  money,
  date,
  dateTime,
  localTime,
  timeZone,
  repeat,
  duration,
  boolean,
  select,
  url,
  reference,
  user,
}

/** The same, looked up with a field whose exact type is not known to the compiler. */
export const scalarTypes = byType as unknown as Record<ScalarFieldDefinition['type'], FieldType>
