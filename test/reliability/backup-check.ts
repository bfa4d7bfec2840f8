import { parseArgs } from 'node:util'
import { startVault } from '../support/vault.ts'
import { alterationNames } from './backup-alterations.ts'
import { tryAltered, tryClean } from './backup-trials.ts'
import { type VerifierName, verifiers } from './backup-verifiers.ts'
import { checkWrites } from './backup-writes.ts'

// npm run backup-check -- --seeds 50 : alters backups in every way there is a name for, and checks that each is refused, naming what was altered, and that none that nobody touched is. Ends 1 otherwise.

const usage = `npm run backup-check -- [--seeds 50] [--clean 100] [--seed 20261127] [--planted noSums]
  --writes   instead: two backups of a stack during so many writes a second over HTTP (200), restored and held to the journal
  --planted  plants a mistake in the verifier, and must end 1: ${Object.keys(verifiers).join(', ')}`

try {
  const { values } = parseArgs({
    options: {
      seeds: { type: 'string', default: '50' },
      clean: { type: 'string', default: '100' },
      seed: { type: 'string', default: '20261127' },
      planted: { type: 'string', default: 'none' },
      writes: { type: 'string' },
      duration: { type: 'string', default: '20' },
    },
  })
  const [seeds, clean, seed] = [values.seeds, values.clean, values.seed].map(Number)
  const { planted } = values
  if (!isCount(seeds) || !isCount(clean) || !isCount(seed) || !isVerifier(planted)) throw new Error(usage)
  const isGood =
    values.writes === undefined
      ? await check({ seeds, clean, seed, planted })
      : await checkUnderWrites(Number(values.writes), Number(values.duration))
  process.exitCode = isGood ? 0 : 1
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}

async function check(wish: { seeds: number; clean: number; seed: number; planted: VerifierName }): Promise<boolean> {
  const { seeds, clean, seed, planted } = wish
  console.log(`Backups altered, ${seeds} seeds a kind from ${seed} on; planted mistake: ${planted}`)
  const verify = verifiers[planted]
  const scratch = await startVault()
  const wrong: string[] = []
  try {
    for (const kind of alterationNames) {
      const found = await each(seeds, i => tryAltered(scratch, { kind, seed: seed + i, verify }))
      console.log(`${verdict(found)} ${kind.padEnd(16)} ${seeds - found.length} of ${seeds} refused, the file named`)
      wrong.push(...found)
    }
    const alarms = await each(clean, i => tryClean(scratch, { seed: seed + i, verify }))
    console.log(
      `${verdict(alarms)} ${'nobody touched'.padEnd(16)} ${clean - alarms.length} of ${clean} taken, ${alarms.length} false alarms`,
    )
    wrong.push(...alarms)
  } finally {
    await scratch.stop()
  }
  for (const line of wrong.slice(0, 10)) console.log(`       ${line}`)
  const all = alterationNames.length * seeds
  console.log(`${all + clean - wrong.length} of ${all + clean} right: ${all} altered, ${clean} clean`)
  return wrong.length === 0
}

async function checkUnderWrites(perSecond: number, seconds: number): Promise<boolean> {
  console.log(`Backups during ${perSecond} writes a second, restored into an empty folder`)
  const found = await checkWrites({ perSecond, seconds, log: line => console.log(`       ${line}`) })
  const about = `${found.writes} writes, ${found.before} acknowledged before the cut-off, ${found.around} under way at it`
  console.log(`${verdict(found.wrong)} ${about}: ${found.wrong.length} differences`)
  for (const line of found.wrong.slice(0, 10)) console.log(`       ${line}`)
  return found.wrong.length === 0 && found.before > 0
}

async function each(count: number, work: (i: number) => Promise<string | undefined>): Promise<string[]> {
  const found: string[] = []
  for (let i = 0; i < count; i++) {
    const line = await work(i)
    if (line !== undefined) found.push(line)
  }
  return found
}

function verdict(wrong: readonly string[]): string {
  return wrong.length === 0 ? 'ok    ' : 'BROKEN'
}

function isCount(value: number | undefined): value is number {
  return value !== undefined && Number.isInteger(value) && value >= 0
}

function isVerifier(name: string): name is VerifierName {
  return name in verifiers
}
