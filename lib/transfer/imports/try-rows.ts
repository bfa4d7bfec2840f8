import type { CompiledObject } from '#lib/records/compile.ts'
import type { RowOutcome } from '#lib/transfer/imports/import-files.ts'
import { type KeyIndex, keysOf } from '#lib/transfer/imports/key-index.ts'
import type { PendingRow } from '#lib/transfer/imports/write-rows.ts'

/**
 * What writing rows would do: refused for a unique value that a stored record or an earlier row holds, else done. `claimed`
 * knows the values of the earlier rows.
 */
export async function tryRows(
  object: CompiledObject,
  claimed: KeyIndex,
  pending: readonly PendingRow[],
): Promise<RowOutcome[]> {
  await claimed.readHolders(pending.map(({ write }) => write.plan.after))
  return pending.map(({ row, outcome, write }): RowOutcome => {
    const { after } = write.plan
    const taken = keysOf(object, after).claim.find(unique => claimed.holders(unique).some(id => id !== after.id))
    if (!taken) {
      claimed.add(after)
      return { row, outcome }
    }
    const detail = `${taken.field} is already used by another record. Change that record, or use another value.`
    return { row, outcome: 'rejected', reasons: [{ field: taken.field, code: 'unique_violation', detail }] }
  })
}
