import { parseArgs } from 'node:util'
import { type Bug, type BugName, bugs } from './cleanup-bugs.ts'
import { moments, victims } from './cleanup-deaths.ts'
import { proveMeanwhile, provePoisoned, proveUndoKilled } from './cleanup-harm.ts'
import { proveKilled, proveRun, proveTwoAtOnce, type Unbroken } from './cleanup-proofs.ts'
import { proveOnStack } from './cleanup-stack.ts'
import type { Proof } from './cleanup-truth.ts'
import { makeTemplate, type Template, type TemplateWish } from './cleanup-world.ts'

// npm run cleanup-check -- --records 10000 --seed 20261122 : cleans made records with known dirt, dry, really, killed at every step and started again, and twice at once, and holds what comes of it to the truth. Ends 1 when a promise is broken.

const usage = `npm run cleanup-check -- [--records 10000] [--seed 20261122] [--planted losesFindings] [--only "two runs"] [--bare] [--stack]
  --only     beside the unbroken run, only what has this in its name
  --bare     records without history and keys: made in a fifth of the time
  --stack    the same run on a whole stack that is killed (-9) in every step and started again
  --planted  plants a mistake, and must end 1: ${Object.keys(bugs).join(', ')}`

type Prove = (template: Template, given: { unbroken: Unbroken; bug: Bug }) => Promise<Proof[]>

const killings = victims.flatMap(victim =>
  moments.map((moment): [what: string, Prove] => [
    `${victim} killed ${moment} every step's work`,
    (template, given) => proveKilled(template, { ...given, wish: { victim, moment } }),
  ]),
)

const others: [what: string, Prove][] = [
  ['two runs at once', proveTwoAtOnce],
  ['the same run twice at once', (template, given) => proveTwoAtOnce(template, { ...given, keys: ['one', 'one'] })],
  ['a person meanwhile', proveMeanwhile],
  ['records that cannot be read', provePoisoned],
  [
    'undoing, the stack killed',
    (template, { unbroken }) => proveUndoKilled(template, { unbroken, wish: { victim: 'stack', moment: 'within' } }),
  ],
]

try {
  const { values } = parseArgs({
    options: {
      records: { type: 'string', default: '10000' },
      seed: { type: 'string', default: '20261122' },
      planted: { type: 'string', default: 'none' },
      only: { type: 'string', default: '' },
      bare: { type: 'boolean', default: false },
      stack: { type: 'boolean', default: false },
      port: { type: 'string', default: '18398' },
    },
  })
  const [records, seed] = [Number(values.records), Number(values.seed)]
  if (!Number.isInteger(records) || records < 100 || !Number.isInteger(seed) || !isBug(values.planted))
    throw new Error(`--records must be a whole number of 100 or more, --seed a whole number.\n${usage}`)
  const broken = values.stack
    ? await checkStack({ records, seed, port: Number(values.port) })
    : await check({ records, seed, bare: values.bare }, { planted: values.planted, only: values.only })
  process.exitCode = broken === 0 ? 0 : 1
} catch (error) {
  console.error(error)
  process.exitCode = 1
}

type Choice = { planted: BugName; only: string }

async function check(wish: TemplateWish, choice: Choice): Promise<number> {
  const { records, seed } = wish
  console.log(`Cleanup of ${records} made customers and contacts, seed ${seed}, planted mistake: ${choice.planted}`)
  const template = await timed('making the records', () => makeTemplate(wish))
  try {
    return sumUp(await proveAll(template, choice), wish)
  } finally {
    template.remove()
  }
}

async function checkStack(wish: { records: number; seed: number; port: number }): Promise<number> {
  console.log(`Cleanup of ${wish.records} made customers and contacts on a stack that is killed, seed ${wish.seed}`)
  const proofs = await timed('a run on a stack that is killed in every step', () => proveOnStack(wish))
  print(proofs)
  return sumUp(proofs, wish)
}

function sumUp(proofs: readonly Proof[], { records, seed }: { records: number; seed: number }): number {
  const broken = proofs.filter(({ wrong }) => wrong.length > 0)
  console.log(`${proofs.length - broken.length} of ${proofs.length} promises kept (${records} records, seed ${seed})`)
  return broken.length
}

/** Mistakes are planted in what is proven, never in the unbroken run that it is held against. */
async function proveAll(template: Template, { planted, only }: Choice): Promise<Proof[]> {
  const bug = bugs[planted]
  const run = await timed('a dry run, the real one, its undoing', () => proveRun(template, bug))
  print(run.proofs)
  const unbroken: Unbroken = planted === 'none' ? run.unbroken : (await proveRun(template)).unbroken
  const proofs = [...run.proofs]
  for (const [what, prove] of [...killings, ...others].filter(([what]) => what.includes(only))) {
    const more = await timed(what, () => prove(template, { unbroken, bug }))
    print(more)
    proofs.push(...more)
  }
  return proofs
}

function print(proofs: readonly Proof[]): void {
  for (const { promise, of, wrong } of proofs) {
    console.log(
      `${wrong.length === 0 ? 'ok    ' : 'BROKEN'} ${promise}: ${of}${wrong.length === 0 ? '' : `; ${wrong.length} wrong`}`,
    )
    for (const line of wrong.slice(0, 10)) console.log(`         ${line.slice(0, 400)}`)
  }
}

async function timed<T>(what: string, work: () => Promise<T>): Promise<T> {
  const started = performance.now()
  const result = await work()
  console.log(`-- ${what}: ${((performance.now() - started) / 1000).toFixed(1)} s`)
  return result
}

function isBug(name: string): name is BugName {
  return name in bugs
}
