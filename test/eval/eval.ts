import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { csvSets } from './encodings.ts'
import { erSets } from './er-sets.ts'
import type { EvalResult, EvalSet } from './eval-set.ts'
import { trailSets } from './trail.ts'
import { unicodeSets } from './unicode.ts'
import { scriptSets } from './zh-script.ts'

// npm run eval -- [er|csv|text|trail|<set> …] [--data FOLDER]: judges the product on inputs whose truth is known. Ends 1 when a set is under its bar.

const sets: EvalSet[] = [...erSets, ...csvSets, ...scriptSets, ...unicodeSets, ...trailSets]

const { values, positionals } = parseArgs({ allowPositionals: true, options: { data: { type: 'string' } } })
const data = resolve(values.data ?? process.env['EVAL_DATA'] ?? join(import.meta.dirname, '../../../shared/data'))
const chosen = sets.filter(({ name, group }) =>
  positionals.length === 0 ? true : positionals.some(word => word === group || name.startsWith(word)),
)
if (chosen.length === 0) {
  console.error(`No set is called ${positionals.join(', ')}. There are ${sets.map(({ name }) => name).join(', ')}.`)
  process.exit(2)
}

const results: { set: EvalSet; result: EvalResult }[] = []
for (const set of chosen) {
  const missing = set.files.filter(file => !existsSync(join(data, file)))
  if (missing.length > 0) console.log(`${set.name}: skipped, ${join(data, missing[0] ?? '')} is not there.`)
  else results.push({ set, result: await set.run(data) })
}
for (const line of table(results)) console.log(line)
for (const { set, result } of results)
  for (const shortfall of result.shortfalls.slice(0, 20)) console.log(`${set.name}: ${shortfall}`)
if (results.some(({ result }) => result.shortfalls.length > 0)) process.exitCode = 1

function table(lines: { set: EvalSet; result: EvalResult }[]): string[] {
  const headings = ['set', ...new Set(lines.flatMap(({ result }) => Object.keys(result.figures))), 'ms', 'bar', '']
  const rows = lines.map(({ set, result }) => headings.map(heading => cell(heading, set, result)))
  const widths = headings.map((heading, i) => Math.max(heading.length, ...rows.map(row => row[i]?.length ?? 0)))
  return [headings, ...rows].map(row =>
    row
      .map((text, i) => text.padEnd(widths[i] ?? 0))
      .join('  ')
      .trimEnd(),
  )
}

function cell(heading: string, set: EvalSet, result: EvalResult): string {
  if (heading === 'set') return set.name
  if (heading === 'ms') return result.ms.toFixed(0)
  if (heading === 'bar') return result.bar
  if (heading === '') return result.shortfalls.length === 0 ? 'ok' : 'UNDER'
  return String(result.figures[heading] ?? '')
}
