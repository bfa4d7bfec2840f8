import type { Json } from '#schemas/json.ts'

/** A cell's value, or what is wrong with it as the end of a sentence that starts with the cell (`is no date; write it like 2024-06-03.`). */
export type CellResult<T extends Json = Json> = { value: T } | { code: string; problem: string }

/** A cell that cannot be taken: `problem` says what it is not, and the fix. */
export function wrong(code: string, problem: string): { code: string; problem: string } {
  return { code, problem }
}

/** A number that Excel has shortened: its digits are lost. */
export function isShortened(text: string): boolean {
  return /^[+-]?\d(?:\.\d+)?E[+]?\d+$/i.test(text)
}

/** Says so. */
export const shortened = wrong(
  'number_shortened',
  'is a number that the spreadsheet has shortened, and digits are lost; format the column as text, enter it again and save.',
)
