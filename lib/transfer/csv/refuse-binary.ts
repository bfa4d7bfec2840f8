import { type CrmError, invalidAt } from '#lib/errors.ts'

const asCsv = 'Open it in a spreadsheet, save it as "CSV UTF-8", and upload that.'
const unpacked = 'Unpack it, and upload the CSV file inside.'

/** How files that are no text begin (their "magic" bytes), what to call them, and what to do. */
const kinds: { start: string; name: string; fix: string }[] = [
  {
    start: 'PK\x03\x04',
    name: 'an Excel workbook or a zip archive',
    fix: `${asCsv} An archive must be unpacked first.`,
  },
  { start: 'PK\x05\x06', name: 'an empty zip archive', fix: unpacked },
  { start: '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1', name: 'an Excel 97-2003 workbook', fix: asCsv },
  { start: '\x1f\x8b', name: 'compressed with gzip', fix: unpacked },
  { start: 'BZh', name: 'compressed with bzip2', fix: unpacked },
  { start: '\xfd7zXZ\0', name: 'compressed with xz', fix: unpacked },
  { start: '\x28\xb5\x2f\xfd', name: 'compressed with zstd', fix: unpacked },
  { start: '7z\xbc\xaf\x27\x1c', name: 'a 7z archive', fix: unpacked },
  { start: 'Rar!\x1a\x07', name: 'a RAR archive', fix: unpacked },
  { start: '%PDF-', name: 'a PDF document', fix: 'Export a CSV file from the program that made it, and upload that.' },
  { start: 'SQLite format 3\0', name: 'an SQLite database', fix: 'Export its table as CSV, and upload that.' },
  { start: 'PAR1', name: 'a Parquet file', fix: 'Export it as CSV, and upload that.' },
  { start: '\xff\xfe\0\0', name: 'in UTF-32', fix: 'Save it as "CSV UTF-8", and upload that.' },
  { start: '\0\0\xfe\xff', name: 'in UTF-32', fix: 'Save it as "CSV UTF-8", and upload that.' },
  { start: '\x89PNG', name: 'a picture', fix: asCsv },
  { start: '\xff\xd8\xff', name: 'a picture', fix: asCsv },
]
/** Chinese business programs often save a web page or XML with the name of a workbook. */
const markup = /^(?:\xef\xbb\xbf)?\s*<(?:!doctype|html|table|\?xml|meta|head|style)\b/i

/**
 * Nothing is ever unpacked here, so an archive cannot blow up.
 * @throws CrmError for a file that is compressed, a workbook, a document or otherwise no text.
 */
export function refuseBinary(sample: Uint8Array): void {
  const start = Buffer.from(sample.subarray(0, 256)).toString('latin1')
  const kind = kinds.find(candidate => start.startsWith(candidate.start))
  if (kind) throw notCsv(`The file is ${kind.name}, not CSV. ${kind.fix}`)
  if (markup.test(start)) throw notCsv(`The file is a web page or XML, whatever its name says. ${asCsv}`)
}

/** @throws CrmError when a text is full of characters that no table has: the bytes were no text. */
export function refuseNoise(text: string): void {
  const limit = Math.max(4, text.length / 50)
  let controls = 0
  for (let i = 0; i < text.length && controls <= limit; i++) if (isControl(text.charCodeAt(i))) controls++
  if (controls > limit) throw notCsv(`The file is not text. ${asCsv}`)
}

/** A C0 or C1 control other than tab, line ends, form feed and Ctrl-Z. */
function isControl(code: number): boolean {
  if (code >= 0x20) return code >= 0x7f && code < 0xa0
  return code !== 9 && code !== 10 && code !== 12 && code !== 13 && code !== 0x1a
}

function notCsv(detail: string): CrmError {
  return invalidAt('/file', 'not_csv', detail)
}
