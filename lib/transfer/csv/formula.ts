/** Numbers and E.164 phone numbers: a spreadsheet takes them for what they are, so they stay readable. */
const harmless = /^(?:[+-]?\d+(?:[.,]\d+)*%?|\+\d{6,15})$/
/** What makes a spreadsheet run a cell, in its full-width form too, possibly after apostrophes. */
const risky = /^'*[=+\-@\t\r\n＝＋－＠]/
const guarded = /^'+[=+\-@\t\r\n＝＋－＠]/

/** A cell that no spreadsheet runs as a formula: an apostrophe in front where it could, none before numbers and phone numbers. */
export function guardFormula(cell: string): string {
  return risky.test(cell) && !harmless.test(cell) ? `'${cell}` : cell
}

/** The cell before `guardFormula`; also what a person means who typed an apostrophe to keep `+86...` as text. */
export function unguardFormula(cell: string): string {
  return cell.startsWith("'") && guarded.test(cell) ? cell.slice(1) : cell
}
