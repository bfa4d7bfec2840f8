import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type BugName, bugs } from './cleanup-bugs.ts'
import { moments, victims } from './cleanup-deaths.ts'
import { proveKilled, proveRun, proveTwoAtOnce, type Unbroken } from './cleanup-proofs.ts'
import type { Proof } from './cleanup-truth.ts'
import { makeTemplate, type Template } from './cleanup-world.ts'

// The same as `npm run cleanup-check`, at a size that a test can afford.
const wish = { records: 250, seed: 20_261_122 }

let template: Template
let unbroken: Unbroken
let proofs: Proof[]
beforeAll(async () => {
  template = await makeTemplate(wish)
  const run = await proveRun(template)
  unbroken = run.unbroken
  proofs = run.proofs
}, 180_000)
afterAll(() => template?.remove())

function broken(all: readonly Proof[]): string[] {
  for (const { promise, of, wrong } of all)
    console.log(`${promise}: ${of}, ${wrong.length} wrong (${wish.records} records, seed ${wish.seed})`)
  return all.flatMap(({ promise, wrong }) => wrong.slice(0, 10).map(line => `${promise}: ${line}`))
}

function redOnes(all: readonly Proof[]): string[] {
  return all.flatMap(({ promise, wrong }) => (wrong.length > 0 ? [promise] : []))
}

describe('a cleanup of records with known dirt', () => {
  it('keeps every promise, dry, really, and undone', () => {
    expect(broken(proofs)).toEqual([])
  })

  it.each(victims.flatMap(victim => moments.map(moment => ({ victim, moment }))))(
    'comes to the same when the $victim is killed $moment the work of every step and started again',
    async deathWish => {
      expect(broken(await proveKilled(template, { unbroken, wish: deathWish }))).toEqual([])
    },
    180_000,
  )

  it.each([[['one', 'two']], [['one', 'one']]])(
    'touches no record twice when two run at once: %j',
    async keys => {
      expect(broken(await proveTwoAtOnce(template, { unbroken, keys }))).toEqual([])
    },
    180_000,
  )
})

describe('the proof of the cleanup', () => {
  it.each<[BugName, string]>([
    ['losesFindings', 'every invalid e-mail and phone is found'],
    ['otherRegion', 'what has one meaning is mended to it'],
    ['partialDryRun', 'the dry run tells what the real run does, item for item'],
    ['namelessChanges', 'undoing the run gives back every value it changed'],
    ['cutsNames', 'what has one meaning is mended to it'],
  ])(
    'goes red when one run %s: %s',
    async (name, promise) => {
      expect(redOnes((await proveRun(template, bugs[name])).proofs)).toContain(promise)
    },
    180_000,
  )

  it('goes red when a restart does not find what was done: another report', async () => {
    const bug = bugs.losesSegments
    const killed = await proveKilled(template, { unbroken, wish: { victim: 'stack', moment: 'after' }, bug })
    expect(redOnes(killed)).toContain(
      'the stack killed after the work of every step: the same report as one unbroken run',
    )
  }, 180_000)

  it('goes red when records are written whatever version they have: touched twice', async () => {
    const twice = await proveTwoAtOnce(template, { unbroken, bug: bugs.unconditional })
    expect(redOnes(twice)).toContain('no record is touched twice')
  }, 180_000)
})
