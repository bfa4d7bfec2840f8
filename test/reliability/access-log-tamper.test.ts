import { spawnSync } from 'node:child_process'
import { execPath } from 'node:process'
import { describe, expect, it } from 'vitest'
import { localSigner } from '../support/made-trail.ts'
import { alterations } from './access-log-alterations.ts'
import { proveAlterations, proveClean } from './access-log-proofs.ts'

// A tenth of `npm run access-log-tamper`, under another seed.
const signer = localSigner()
const nobody = () => undefined

describe('an altered trail', () => {
  it.each(Object.keys(alterations))('is found, and the file named, when altered by %s', async kind => {
    const seed = 700 + Object.keys(alterations).indexOf(kind)
    const { examples, ...outcome } = await proveAlterations(kind, 4, { seed, signer, onDone: nobody })
    expect({ ...outcome, examples }).toEqual({ kind, made: 4, found: 4, innocent: 0, examples: [] })
  })
})

describe('a verifier with a planted mistake', () => {
  it.each(['noSignatures', 'noUnnamed', 'noAnchors', 'noChain', 'noHashes'])('turns the check red: %s', name => {
    const args = ['--each', '8', '--clean', '1', '--seed', '3', '--planted', name]
    const { status, stdout } = spawnSync(execPath, ['test/reliability/access-log-tamper.ts', ...args])
    expect([status, String(stdout)]).toEqual([1, expect.stringMatching(/\d+ of 120 alterations found/)])
  })
})

it('a trail that nobody altered raises no alarm: as a copy, in use, and in part', async () => {
  expect(await proveClean(90, { seed: 900, signer, onDone: nobody })).toEqual({ runs: 90, alarms: [] })
})
