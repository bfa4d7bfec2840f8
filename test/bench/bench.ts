import { writeFileSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'
import { measureColdStarts } from './cold-start.ts'
import { measureApi } from './measure-api.ts'
import { type Options, readOptions } from './options.ts'
import { startProgress } from './progress.ts'
import { printReport, type Results } from './report.ts'
import { startStackProcess } from './stack-process.ts'
import { measureStartUp, memoryOf } from './start-up.ts'

// npm run bench: the figures of the local stack, as ratios to the bare SDK in the same run. Ends 0 when everything answered.

async function measureAll(options: Options): Promise<Results> {
  const started = performance.now()
  const isWhole = options.only === ''
  const starting = startProgress('npm start on an empty data folder, then 10 s idle')
  const startUp = isWhole ? await measureStartUp() : undefined
  starting.end()
  const stack = await startStackProcess('bench')
  try {
    const { measured, loads, anId } = await measureApi(stack, options)
    const [, busyMb] = memoryOf(stack.pid)
    const cold = startProgress('cold starts')
    const coldStarts = isWhole ? await measureColdStarts(stack, anId) : undefined
    cold.end()
    return { startUp, loads, measured, coldStarts, busyMb, totalMs: performance.now() - started }
  } finally {
    await stack.stop()
  }
}

function toJson(options: Options, results: Results): string {
  const { coldStarts, ...rest } = results
  const machine = { node: process.version, cpus: cpus().length, cpu: cpus()[0]?.model, memory: totalmem() }
  const bundles = Object.fromEntries(coldStarts?.bundles ?? [])
  const document = { at: new Date().toISOString(), machine, options, ...rest, coldStarts: { ...coldStarts, bundles } }
  return `${JSON.stringify(document, null, 2)}\n`
}

try {
  const options = readOptions()
  const model = cpus()[0]?.model ?? 'unknown processor'
  console.log(`Evergreen bench: ${options.sizes.join(' and ')} customers, seed ${options.seed}`)
  console.log(`Node ${process.version}, ${cpus().length} x ${model}`)
  const results = await measureAll(options)
  printReport(results)
  if (options.out !== undefined) writeFileSync(options.out, toJson(options, results))
  const [ours, theirs] = (['api', 'engine'] as const).map(side =>
    results.measured.reduce((sum, { one, sixteen }) => sum + one[side].failures + sixteen[side].failures, 0),
  )
  if (ours || theirs)
    throw new Error(`Calls failed: ${ours} of the API, ${theirs} of the engine's side. The first errors are above.`)
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
