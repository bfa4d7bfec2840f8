import { type Found, findPairs, isComparable } from '#lib/duplicate-groups/find-pairs.ts'
import { pairSteps } from '#lib/duplicate-groups/note-pairs.ts'
import { regroup } from '#lib/duplicate-groups/regroup.ts'
import { writeNotes } from '#lib/duplicate-groups/write-notes.ts'
import { unavailable } from '#lib/errors.ts'
import type { Context } from '#lib/runtime/context.ts'
import { readDuplicateNotes } from '#lib/store/duplicate-items.ts'
import type { StoredRecord } from '#lib/store/items.ts'
import { readRecord, readRecords } from '#lib/store/read.ts'
import type { ObjectDefinition } from '#schemas/definition.ts'

/** What it needs of the world. */
export type Work = Pick<Context, 'store' | 'objects'>

/** The records whose groups may be others now, by object. */
export type Touched = { object: string; ids: string[] }

/** 5 tries against people who keep changing the records compared. */
const attempts = 5

/** Brings the pairs of records, and the groups around them, up to date with what the records are now. */
export async function refreshDuplicates(ctx: Work, ids: readonly string[]): Promise<void> {
  const touched = new Map<string, Set<string>>()
  for (const id of ids) {
    const { object, ids: around } = (await refreshPairs(ctx, id)) ?? { object: '', ids: [] }
    touched.set(object, new Set([...(touched.get(object) ?? []), ...around]))
  }
  for (const [object, around] of touched) if (around.size > 0) await regroup(ctx, object, [...around])
}

/**
 * Brings the pairs of a record up to date.
 * @returns the record and those it is or was paired with; undefined when there is nothing to group.
 */
async function refreshPairs(ctx: Work, id: string): Promise<Touched | undefined> {
  for (let attempt = 0; attempt < attempts; attempt++) {
    const record = await readRecord(ctx.store, id)
    const object = record && ctx.objects.byName.get(record.object)
    if (!record || !object || !isComparable(object)) return undefined
    const found = await foundFor(ctx, object, record)
    // A new record that shares no key has no notes: most of a large import.
    if (record.version === 1 && found.compared.size === 0) return undefined
    const { pairs: stored, groupIds } = await readDuplicateNotes(ctx.store, id)
    if (found.pairs.length === 0 && stored.length === 0 && groupIds.length === 0) return undefined
    await writeNotes(ctx.store, pairSteps(ctx.store.table.name, id, { stored, found: found.pairs }))
    // A neighbour that changed before this was written may have missed it, and this one its change.
    if (await haveChanged(ctx, [record, ...found.compared.values()])) continue
    const neighbours = [...stored.map(({ other }) => other), ...found.pairs.flatMap(({ a, b }) => [a, b])]
    return { object: object.name, ids: [...new Set([id, ...neighbours])] }
  }
  throw unavailable('The record keeps changing. Try again shortly.')
}

async function foundFor(ctx: Work, object: ObjectDefinition, record: StoredRecord): Promise<Found> {
  return record.deletedAt === undefined ? findPairs(ctx, object, record) : { pairs: [], compared: new Map() }
}

async function haveChanged(ctx: Work, records: readonly StoredRecord[]): Promise<boolean> {
  const now = await readRecords(
    ctx.store,
    records.map(({ id }) => id),
  )
  return records.some(({ id, version }) => now.get(id)?.version !== version)
}
