import { createFactChecker, type FactChecker } from '#lib/quality/check-facts.ts'
import type { QualityAt } from '#lib/quality/evaluate.ts'
import type { Context } from '#lib/runtime/context.ts'
import { isPassing } from '#lib/runtime/outage.ts'
import type { Checked, StoredRecord } from '#lib/store/items.ts'
import type { ObjectDefinition } from '#schemas/definition.ts'

/** Looks up what the surroundings of records of an object tell; a record that cannot be looked at does not harm the others. */
export function factsFor(ctx: Context, object: ObjectDefinition, at: QualityAt): FactChecker {
  const check = createFactChecker(ctx, object, at)
  return async records => {
    try {
      return await check(records)
    } catch (error) {
      if (isPassing(error)) throw error
      return oneByOne(check, records)
    }
  }
}

/** Whether both say the same of a record, whenever it was found out; nothing found out is as good as nothing wrong. */
export function sameFacts(known: Checked | undefined, found: Checked | undefined): boolean {
  return textOf(known) === textOf(found)
}

/** One that cannot be looked at has no facts: evaluating it will fail too, and tell. */
async function oneByOne(check: FactChecker, records: readonly StoredRecord[]): Promise<Map<string, Checked>> {
  const facts = new Map<string, Checked>()
  for (const record of records) {
    try {
      for (const [id, checked] of await check([record])) facts.set(id, checked)
    } catch (error) {
      if (isPassing(error)) throw error
    }
  }
  return facts
}

function textOf(checked: Checked | undefined): string {
  const { duplicates = 0, orphan = false, missing = [], deadDomains = [] } = checked ?? {}
  if (duplicates === 0 && !orphan && deadDomains.length === 0) return ''
  return JSON.stringify([duplicates, orphan, missing, deadDomains])
}
