import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bugs } from './cleanup-bugs.ts'
import { moments, victims } from './cleanup-deaths.ts'
import { proveMeanwhile, provePoisoned, proveUndoKilled } from './cleanup-harm.ts'
import { proveRun, type Unbroken } from './cleanup-proofs.ts'
import type { Proof } from './cleanup-truth.ts'
import { makeTemplate, type Template } from './cleanup-world.ts'

const wish = { records: 250, seed: 7 }

let template: Template
let unbroken: Unbroken
beforeAll(async () => {
  template = await makeTemplate(wish)
  unbroken = (await proveRun(template)).unbroken
}, 180_000)
afterAll(() => template?.remove())

function broken(all: readonly Proof[]): string[] {
  for (const { promise, of, wrong } of all)
    console.log(`${promise}: ${of}, ${wrong.length} wrong (${wish.records} records, seed ${wish.seed})`)
  return all.flatMap(({ promise, wrong }) => wrong.slice(0, 10).map(line => `${promise}: ${line}`))
}

describe('a cleanup among people and bad records', () => {
  it('leaves what a person changes meanwhile to them, and says so', async () => {
    expect(broken(await proveMeanwhile(template, { unbroken }))).toEqual([])
  }, 180_000)

  it('goes on past records that cannot be read', async () => {
    expect(broken(await provePoisoned(template, { unbroken }))).toEqual([])
  }, 180_000)

  it.each(victims.flatMap(victim => moments.map(moment => ({ victim, moment }))))(
    'is undone to the last value when the $victim is killed $moment the work of every step of the undoing',
    async deathWish => {
      expect(broken(await proveUndoKilled(template, { unbroken, wish: deathWish }))).toEqual([])
    },
    180_000,
  )

  it('is proven so: records written whatever version they have turn it red', async () => {
    const [stays] = await proveMeanwhile(template, { unbroken, bug: bugs.unconditional })
    expect(stays?.wrong.length).toBeGreaterThan(0)
  }, 180_000)
})
