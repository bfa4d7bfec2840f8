import { halves } from '#lib/duplicate-groups/note-pairs.ts'
import { refreshDuplicates, type Work } from '#lib/duplicate-groups/refresh-duplicates.ts'
import { writeNotes } from '#lib/duplicate-groups/write-notes.ts'
import { readMerge } from '#lib/merge/merge-state.ts'
import { putPair, readDuplicateNotes, type StoredPair } from '#lib/store/duplicate-items.ts'

/**
 * Remembers of the records of an undone merge that a person took them apart: they may be suggested again, but are never
 * certain enough to be merged without a person.
 */
export async function flagUndone(ctx: Work, mergeId: string): Promise<void> {
  const merge = await readMerge(ctx, mergeId)
  if (merge?.state !== 'undone') return
  const { survivorId: id } = merge
  const { pairs } = await readDuplicateNotes(ctx.store, id)
  const flagged = merge.absorbed.flatMap(({ id: other }): StoredPair[] => {
    const known = pairs.find(pair => pair.other === other)
    if (known?.state === 'refused' || known?.isUndone) return []
    const unknown = { id, other, state: 'gone', score: 0, verdict: 'suggest', reasons: [] } as const
    return [{ ...unknown, ...known, reasons: known?.reasons ?? [], verdict: 'suggest', isUndone: true }]
  })
  const steps = flagged.flatMap(halves).map(half => putPair(ctx.store.table.name, half))
  await writeNotes(ctx.store, steps)
  await refreshDuplicates(ctx, [id, ...merge.absorbed.map(absorbed => absorbed.id)])
}
