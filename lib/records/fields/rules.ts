import * as z from 'zod'

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

/** Whether a text has more characters (code points) than that. */
export function longer(text: string, maxLength: number): boolean {
  return text.length > maxLength && [...text].length > maxLength
}
