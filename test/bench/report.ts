import type { ColdStarts } from './cold-start.ts'
import type { Figures } from './measure.ts'
import type { LoadTime, Measured } from './measure-api.ts'
import type { StartUp } from './start-up.ts'

/** Everything that a run has measured. */
export type Results = {
  startUp: StartUp | undefined
  loads: LoadTime[]
  measured: Measured[]
  coldStarts: ColdStarts | undefined
  busyMb: number
  totalMs: number
}

/** The figures that have no operation of their own. */
const figures = { coldStartRatio: 1.3, bundleKb: 450, healthyS: 15, idleMb: 400, growth: 0.2 }

/** Prints all tables; a figure that is not reached is marked OVER, and decides nothing. */
export function printReport(results: Results): void {
  const { measured, loads, startUp, coldStarts, busyMb, totalMs } = results
  for (const size of new Set(measured.map(each => each.size))) printSize(size, measured)
  printGrowth(measured)
  if (coldStarts) printColdStart(coldStarts)
  if (startUp) printStartUp(startUp)
  heading('Load through POST /v1/customers/batch')
  for (const { size, rows, loadMs, drainMs } of loads) {
    const rate = Math.round((rows / loadMs) * 1000)
    const text = `to ${size}: ${rows} customers in ${seconds(loadMs)} s (${rate}/s); the index took ${seconds(drainMs)} s more`
    console.log(`  ${text}`)
  }
  console.log(`\nThe bench took ${(totalMs / 60_000).toFixed(1)} min; the stack then held ${busyMb.toFixed(0)} MB.`)
}

function printStartUp({ healthyMs, idleMb, npmMb }: StartUp): void {
  const { healthyS, idleMb: mostMb } = figures
  heading('Start and memory')
  table([
    ['', 'measured', 'figure', ''],
    [
      'npm start, empty data folder, to /health 200; s',
      seconds(healthyMs),
      `<= ${healthyS}`,
      mark(healthyMs / 1000, healthyS),
    ],
    ['idle, all processes of the stack; MB', idleMb.toFixed(0), `<= ${mostMb}`, mark(idleMb, mostMb)],
    ['npm itself; MB', npmMb.toFixed(0), '', ''],
  ])
}

function printSize(size: number, measured: readonly Measured[]): void {
  const rows = measured.filter(each => each.size === size)
  heading(`${size} customers: the API beside the bare SDK against the same engine; ms`)
  table([
    ['one client', 'p50', 'p95', 'p99', 'rps', 'SDK p50', 'p95', 'p99', 'rps', 'ratio', 'figure', ''],
    ...rows.map(({ operation, one }) => {
      const ratio = one.api.p50 / one.engine.p50
      const { ceiling } = operation
      const figure = ceiling === undefined ? ['', ''] : [`<= ${ceiling}`, mark(ratio, ceiling)]
      return [operation.name, ...cells(one.api), ...cells(one.engine), ratio.toFixed(2), ...figure]
    }),
  ])
  table([
    ['16 clients', 'p50', 'p95', 'p99', 'rps', 'SDK p50', 'p95', 'p99', 'rps', 'rate', 'figure', '', 'failed'],
    ...rows.map(({ operation, sixteen: { api, engine } }) => {
      const ratio = api.rps / engine.rps
      const { floor } = operation
      const figure = floor === undefined ? ['', ''] : [`>= ${floor}`, mark(floor, ratio)]
      const failed = `${api.failures}/${engine.failures}`
      return [operation.name, ...cells(api), ...cells(engine), ratio.toFixed(2), ...figure, failed]
    }),
  ])
  table([
    ['where a call goes, one client', 'client p50', 'in function', 'in engine', 'engine calls', 'SDK side'],
    ...rows.map(({ operation, one, inside: { functionMs, engineMs, engineCalls } }) => {
      const times = [one.api.p50, functionMs, engineMs].map(ms => ms.toFixed(2))
      return [operation.name, ...times, String(engineCalls), operation.baseline]
    }),
  ])
}

/** Answers must not slow down as the table grows: p50 at the largest size against p50 at the first. */
function printGrowth(measured: readonly Measured[]): void {
  const [first, last] = [measured[0]?.size, measured.at(-1)?.size]
  if (first === last) return
  const p50At = (name: string, size: number | undefined, side: 'api' | 'engine') =>
    measured.find(each => each.operation.name === name && each.size === size)?.one[side].p50 ?? Number.NaN
  const names = new Set(measured.map(({ operation }) => operation.name))
  heading(`p50 at ${last} customers against ${first}, one client`)
  table([
    ['', 'API', 'SDK', 'figure', ''],
    ...[...names].map(name => {
      const api = p50At(name, last, 'api') / p50At(name, first, 'api')
      const engine = p50At(name, last, 'engine') / p50At(name, first, 'engine')
      return [name, api.toFixed(2), engine.toFixed(2), '<= 1.20', mark(api, 1 + figures.growth)]
    }),
  ])
}

function printColdStart({ records, minimal, lean, bundles, minimalBytes, leanBytes }: ColdStarts): void {
  const ratio = records.totalMs / minimal.totalMs
  heading('Cold start in fresh processes, median of 7; ms')
  table([
    ['', 'import', 'first call', 'both', 'ratio', 'figure', ''],
    ['records function', ...coldCells(records), ratio.toFixed(2), '<= 1.30', mark(ratio, figures.coldStartRatio)],
    ['one GetItem, bundled as usual', ...coldCells(minimal), '1.00', '', ''],
    ['one GetItem, bundled as ours', ...coldCells(lean), (lean.totalMs / minimal.totalMs).toFixed(2), '', ''],
  ])
  heading('Bundles; KB')
  table([
    ['', 'cold start', 'with lazy parts', 'figure', ''],
    ...[...bundles].map(([entry, { coldBytes, totalBytes }]) => {
      const cold = coldBytes / 1024
      const sizes = [cold.toFixed(0), (totalBytes / 1024).toFixed(0)]
      return [entry, ...sizes, `<= ${figures.bundleKb}`, mark(cold, figures.bundleKb)]
    }),
    ['one GetItem, bundled as usual', (minimalBytes / 1024).toFixed(0), '', '', ''],
    ['one GetItem, bundled as ours', (leanBytes / 1024).toFixed(0), '', '', ''],
  ])
}

function cells({ p50, p95, p99, rps }: Figures): string[] {
  return [...[p50, p95, p99].map(ms => ms.toFixed(2)), rps.toFixed(0)]
}

function coldCells({ importMs, firstCallMs, totalMs }: ColdStarts['records']): string[] {
  return [importMs, firstCallMs, totalMs].map(ms => ms.toFixed(0))
}

function mark(value: number, most: number): string {
  return value <= most ? 'ok' : 'OVER'
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(1)
}

function heading(text: string): void {
  console.log(`\n${text}`)
}

function table(rows: readonly string[][]): void {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map(row => row[column]?.length ?? 0)))
  for (const row of rows) {
    const padded = row.map((cell, column) =>
      column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
    )
    console.log(`  ${padded.join('  ')}`)
  }
}
