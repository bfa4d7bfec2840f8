import * as z from 'zod'
import type { FieldType } from '#lib/records/fields/field-type.ts'
import { lineOfText } from '#lib/records/fields/rules.ts'
import { lineProblem } from '#lib/records/fields/text-rules.ts'

/** Most tags of a record. */
export const maxTags = 50

/** Free words, each once, 50 at most. */
export const tags: FieldType<'tags'> = {
  schema: () =>
    z
      .array(lineOfText(50, value => (value === '' ? 'must not be empty.' : lineProblem(value))))
      .max(maxTags, `has more than ${maxTags} tags; remove some.`)
      .overwrite(values => [...new Set(values)]),
  cel: () => ({ name: 'list<string>' }),
}
