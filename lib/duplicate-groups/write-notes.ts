import { randomUUID } from 'node:crypto'
import { unavailable } from '#lib/errors.ts'
import type { Store } from '#lib/store/table.ts'
import { type Step, transact, transactionLimit } from '#lib/store/transaction.ts'

/**
 * Writes notes about duplicates, as many to a transaction as it holds. Notes follow from records and can be worked out
 * again, so those of one piece of work need not be written as one.
 * @throws CrmError `unavailable` when somebody decided something meanwhile: look again.
 */
export async function writeNotes(store: Store, steps: readonly Step[]): Promise<void> {
  const unique = [...new Map(steps.map(step => [keyOf(step), step])).values()]
  for (let i = 0; i < unique.length; i += transactionLimit) {
    const refusals = await transact(store, unique.slice(i, i + transactionLimit), randomUUID())
    if (refusals.length > 0) throw unavailable('Somebody decided about these duplicates meanwhile. Try again.')
  }
}

function keyOf({ item }: Step): string {
  const { pk, sk } = item.Put?.Item ?? item.Delete?.Key ?? {}
  return `${pk}\n${sk}`
}
