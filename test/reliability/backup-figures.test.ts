import { afterAll, beforeAll, expect, it } from 'vitest'
import { type ScratchVault, startVault } from '../support/vault.ts'
import { type AlterationName, alterationNames } from './backup-alterations.ts'
import { tryAltered, tryClean } from './backup-trials.ts'
import { type VerifierName, verifiers } from './backup-verifiers.ts'

// A fast part of `npm run backup-check`, and proof that the check can fail.

let scratch: ScratchVault

beforeAll(async () => {
  scratch = await startVault()
})
afterAll(() => scratch.stop())

it.each(alterationNames)('%s: refused, the file named', async kind => {
  for (const seed of [1, 2, 3])
    expect(await tryAltered(scratch, { kind, seed, verify: verifiers.none })).toBeUndefined()
})

it('a backup that nobody touched is no alarm', async () => {
  for (const seed of [1, 2, 3]) expect(await tryClean(scratch, { seed, verify: verifiers.none })).toBeUndefined()
})

it.each<[VerifierName, AlterationName]>([
  ['noSums', 'manifestEdited'],
  ['noCounts', 'countEdited'],
  ['noSignatures', 'signatureEdited'],
  ['noListing', 'extra'],
])('a verifier with %s takes %s for good, and the check says so', async (planted, kind) => {
  expect(await tryAltered(scratch, { kind, seed: 2, verify: verifiers[planted] })).toContain('taken for good')
})
