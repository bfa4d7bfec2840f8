import { type FieldProblem, invalid, invalidAt } from '#lib/errors.ts'
import { visibleText } from '#lib/records/fields/text-rules.ts'
import { unguardFormula } from '#lib/transfer/csv/formula.ts'

/** 1,000 columns of 200 characters: more than any table of people and companies has. */
const maxColumns = 1000
const maxNameLength = 200

/** Cells that are data, never the name of a column: an e-mail or web address, a phone number, a date. */
const data = [
  /^[^\s@]+@[^\s@]+\.[^\s@]+$/,
  /^https?:\/\//i,
  /^\+?[\d\s()-]{7,20}$/,
  /^\d{4}[-/年.]\d{1,2}[-/月.]\d{1,2}/,
]

/**
 * The names of the columns, tidied: trimmed, composed, on one line, without characters nobody sees; empty ones at the end dropped.
 * @throws CrmError for a name that is missing, repeated or too long, and for a first row that is data.
 */
export function checkHeader(cells: readonly string[]): string[] {
  const tidy = cells.map(cell =>
    visibleText(unguardFormula(cell))
      .normalize('NFC')
      .replace(/[\s\p{Cc}]+/gu, ' ')
      .trim(),
  )
  const names = tidy.slice(0, tidy.findLastIndex(name => name !== '') + 1)
  if (names.length > maxColumns)
    throw fileProblem(
      'too_many_columns',
      `The file has ${names.length} columns; ${maxColumns} are possible. Remove some.`,
    )
  const isData = names.find(name => data.some(pattern => pattern.test(name)))
  if (isData !== undefined)
    throw fileProblem(
      'no_header',
      `The first row must name the columns, but has the value ${JSON.stringify(isData)}. Put a row of names above the data.`,
    )
  const problems = names.flatMap((name, i) => nameProblems(name, i, names))
  if (problems.length > 0) throw invalid(problems)
  return names
}

function nameProblems(name: string, i: number, names: string[]): FieldProblem[] {
  const pointer = `/file/header/${i}`
  const column = `Column ${i + 1}`
  if (name === '')
    return [{ pointer, code: 'header_empty', detail: `${column} has no name. Give it one, or delete the column.` }]
  if (!name.isWellFormed()) {
    const detail = `The name of column ${i + 1} has bytes that are not of the file's encoding. Save the file as "CSV UTF-8", or say which encoding it has.`
    return [{ pointer, code: 'undecodable', detail }]
  }
  if (name.length > maxNameLength)
    return [
      {
        pointer,
        code: 'header_too_long',
        detail: `The name of column ${i + 1} is longer than ${maxNameLength} characters; shorten it.`,
      },
    ]
  const first = names.indexOf(name)
  if (first === i) return []
  const detail = `Columns ${first + 1} and ${i + 1} are both named ${JSON.stringify(name)}. Rename one of them.`
  return [{ pointer, code: 'header_repeated', detail }]
}

function fileProblem(code: string, detail: string) {
  return invalidAt('/file', code, detail)
}
