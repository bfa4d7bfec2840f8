import * as z from 'zod'
import { lineProblem } from '#lib/records/fields/text-rules.ts'

type Refinement<T> = (value: T) => string | undefined

/** A zod check that carries one of our codes and says what to do; `problem` gives the reason or undefined. */
export function rule<T>(code: string, problem: Refinement<T>): z.core.CheckFn<T> {
  return payload => {
    const detail = problem(payload.value)
    if (detail !== undefined)
      payload.issues.push({ code: 'custom', message: detail, input: payload.value, params: { code } })
  }
}

/** Text on one line, tidied, of at most `maxLength` characters (code points). */
export function lineOfText(maxLength: number, problem: Refinement<string>): z.ZodType<string, string> {
  return z
    .string()
    .overwrite(text => text.normalize('NFC').trim())
    .check(
      rule('invalid_text', problem),
      rule('too_long', text =>
        longer(text, maxLength) ? `is longer than ${maxLength} characters; shorten it.` : undefined,
      ),
    )
}

/** A short name a person gives one entry of a list, such as `switchboard`. */
export function entryLabel() {
  return lineOfText(40, lineProblem).optional()
}

/** A list of at most `maxItems` entries: counted before they are looked at, so that a long list costs nothing. */
export function listOf<T extends z.ZodType>(entry: T, maxItems: number) {
  return z.array(z.unknown()).max(maxItems, `has more than ${maxItems} entries; remove some.`).pipe(z.array(entry))
}

/** Whether a text has more characters (code points) than that. */
export function longer(text: string, maxLength: number): boolean {
  return text.length > maxLength && [...text].length > maxLength
}
