import type { evaluateQuality } from '#lib/quality/evaluate.ts'
import type { ObjectDefinition } from '#schemas/definition.ts'

let evaluate: typeof evaluateQuality | undefined

/** Whether records of an object are judged: what the product keeps for its own workings is not. */
export function isJudged(object: Pick<ObjectDefinition, 'system' | 'readOnly'>): boolean {
  return !object.system && !object.readOnly
}

/**
 * Loads what records of an object are judged by (350 KB): with the first record that is shown, not with the function, and
 * not for a selection (`fields=`) that leaves the quality out.
 */
export async function openQuality(object: ObjectDefinition, only?: readonly string[]): Promise<void> {
  if (!isJudged(object) || only?.includes('quality') === false) return
  evaluate ??= (await import('#lib/quality/evaluate.ts')).evaluateQuality
}

/**
 * The judge of records, once it is open.
 * @throws Error when it is not.
 */
export function openedQuality(): typeof evaluateQuality {
  if (!evaluate) throw new Error('Records are shown with their quality: await openQuality() first.')
  return evaluate
}
