import * as z from 'zod'
import { anObject, line, whole } from '#schemas/settings/parts.ts'

/** What a value must be for a record to be entered; one that is there already is only refused when it is touched. */
export const standard = z.strictObject(
  {
    required: z.literal(true, { error: 'must be true; leave it out where the field may be empty' }).optional(),
    /** Regular expression that the whole value must match, and what to say when it does not. */
    pattern: z
      .strictObject({ regex: line(300), message: line(200) }, { error: 'must be { regex, message }' })
      .optional(),
    /** The only values there may be. */
    allowed: z
      .array(line(200), { error: 'must be a list of texts' })
      .min(1, 'must name at least one value; leave it out to allow all')
      .max(500, 'must name 500 values at most')
      .optional(),
    /** In characters for a text, in entries for a list. */
    minLength: whole(1, 1000).optional(),
  },
  anObject,
)

/** An entry standard for one field. */
export type EntryStandard = z.infer<typeof standard>
