import { parseArgs } from 'node:util'
import { startProgress } from '../bench/progress.ts'
import type { LocalSigner } from '../support/made-trail.ts'
import { plantBug, verifierBugs } from './access-log-bugs.ts'
import type { Outcome } from './access-log-proofs.ts'

// npm run access-log-tamper : alters 600 copies of made trails, one alteration each, and verifies them and 1,000 that nobody altered. Ends 1 unless each alteration is found, its file named, and nothing else.

const usage = `npm run access-log-tamper -- [--each 40] [--clean 1000] [--seed 1] [--planted noSignatures]
  --each     alterations of each of the 15 kinds
  --planted  plants a mistake in the verifier, and must end 1: ${Object.keys(verifierBugs).join(', ')}`

try {
  const { values } = parseArgs({
    options: {
      each: { type: 'string', default: '40' },
      clean: { type: 'string', default: '1000' },
      seed: { type: 'string', default: '1' },
      planted: { type: 'string' },
    },
  })
  const [each, clean, seed] = [values.each, values.clean, values.seed].map(Number)
  if (!each || clean === undefined || !seed) throw new Error(usage)
  if (values.planted !== undefined) plantBug(values.planted)
  console.log(`Seed ${seed}, planted mistake: ${values.planted ?? 'none'}`)
  process.exitCode = (await check({ each, clean, seed })) ? 0 : 1
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}

async function check({ each, clean, seed }: { each: number; clean: number; seed: number }): Promise<boolean> {
  // Loaded now: a planted mistake must be in place before the verifier is.
  const { proveAlterations, proveClean } = await import('./access-log-proofs.ts')
  const { alterations } = await import('./access-log-alterations.ts')
  const { localSigner } = await import('../support/made-trail.ts')
  const kinds = Object.keys(alterations)
  const signer = localSigner()
  const altering = startProgress('alterations', each * kinds.length)
  let done = 0
  const onDone = () => altering.at(++done)
  const outcomes: Outcome[] = []
  for (const [index, kind] of kinds.entries())
    outcomes.push(await proveAlterations(kind, each, { seed: seed + index, signer, onDone }))
  const tookMs = altering.end()
  console.log('alteration                  made  found  innocent files named')
  for (const { kind, made, found, innocent, examples } of outcomes) {
    console.log(
      `${kind.padEnd(26)}${String(made).padStart(6)}${String(found).padStart(7)}${String(innocent).padStart(10)}`,
    )
    for (const example of examples) console.log(`  ${example}`)
  }
  const sum = (member: 'made' | 'found' | 'innocent') => outcomes.reduce((total, outcome) => total + outcome[member], 0)
  console.log(`${sum('found')} of ${sum('made')} alterations found and named in ${(tookMs / 1000).toFixed(1)} s`)
  const { runs, alarms } = await proveCleanRuns(proveClean, { clean, seed, signer })
  return sum('found') === sum('made') && sum('innocent') === 0 && alarms.length === 0 && runs === clean
}

async function proveCleanRuns(
  proveClean: typeof import('./access-log-proofs.ts').proveClean,
  { clean, seed, signer }: { clean: number; seed: number; signer: LocalSigner },
) {
  const verifying = startProgress('clean runs', clean)
  let done = 0
  const result = await proveClean(clean, { seed: seed + 1_000, signer, onDone: () => verifying.at(++done) })
  const seconds = (verifying.end() / 1000).toFixed(1)
  console.log(`${result.alarms.length} false alarms over ${result.runs} clean runs in ${seconds} s`)
  for (const alarm of result.alarms.slice(0, 5)) console.log(`  ${alarm}`)
  return result
}
