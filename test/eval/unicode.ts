import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { foldText, joined, parseName } from '#lib/search/names.ts'
import type { EvalResult, EvalSet } from './eval-set.ts'

/** Set that judges what search compares texts by, on Unicode's own test of normalization. */
export const unicodeSets: EvalSet[] = [
  {
    name: 'unicode',
    group: 'text',
    files: ['text/unicode/NormalizationTest.txt.bz2'],
    run: async data => unicode(join(data, 'text/unicode/NormalizationTest.txt.bz2')),
  },
]

/** The five columns of a line are one text in different spellings: they must be found by each other. */
function unicode(file: string): EvalResult {
  const start = performance.now()
  const lines = unpacked(file)
    .split('\n')
    .filter(line => /^[0-9A-F]/.test(line))
  const divided = lines.filter(line => new Set(columnsOf(line).map(keyOf)).size > 1)
  return {
    figures: { records: lines.length, result: `${lines.length - divided.length} of ${lines.length} have one key` },
    ms: performance.now() - start,
    bar: 'all',
    shortfalls: divided,
  }
}

function unpacked(file: string): string {
  return execFileSync('bzcat', [file], { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 })
}

function columnsOf(line: string): string[] {
  const columns = line.split(';').slice(0, 5)
  return columns.map(codes => String.fromCodePoint(...codes.split(' ').map(code => Number.parseInt(code, 16))))
}

function keyOf(text: string): string {
  const folded = foldText(text)
  return joined(parseName(folded).words) || folded
}
