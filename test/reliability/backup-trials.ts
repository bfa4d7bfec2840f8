import { CrmError } from '#lib/errors.ts'
import type { ScratchVault } from '../support/vault.ts'
import { type AlterationName, alterations } from './backup-alterations.ts'
import { makeChain } from './backup-chain.ts'
import type { Verifier } from './backup-verifiers.ts'

/** How a chain that was altered was judged: undefined when it was refused, naming what was altered; else what is wrong with that. */
export async function tryAltered(
  scratch: ScratchVault,
  { kind, seed, verify }: { kind: AlterationName; seed: number; verify: Verifier },
): Promise<string | undefined> {
  const chain = await makeChain(scratch, seed)
  const altered = await alterations[kind](scratch, chain)
  const outcome = await verify(scratch, chain.second.id).then(
    () => undefined,
    (error: unknown) => error,
  )
  if (outcome === undefined) return `${kind}, seed ${seed}: taken for good; ${altered.join(', ')} was altered`
  if (!(outcome instanceof CrmError) || outcome.code !== 'backup_tampered') return `${kind}, seed ${seed}: ${outcome}`
  const named = String(outcome.members['file'])
  return altered.includes(named) ? undefined : `${kind}, seed ${seed}: names ${named} instead of ${altered.join(', ')}`
}

/** Whether a chain that nobody touched was taken for good; else why not. */
export async function tryClean(
  scratch: ScratchVault,
  { seed, verify }: { seed: number; verify: Verifier },
): Promise<string | undefined> {
  const { second } = await makeChain(scratch, seed)
  return verify(scratch, second.id).then(
    () => undefined,
    (error: unknown) => `a clean backup, seed ${seed}: ${error}`,
  )
}
