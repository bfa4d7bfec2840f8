import { type Found, findPairsOfAll, isComparable } from '#lib/duplicate-groups/find-pairs.ts'
import { pairSteps } from '#lib/duplicate-groups/note-pairs.ts'
import { regroup } from '#lib/duplicate-groups/regroup.ts'
import { writeNotes } from '#lib/duplicate-groups/write-notes.ts'
import { unavailable } from '#lib/errors.ts'
import type { Context } from '#lib/runtime/context.ts'
import { readDuplicateNotes } from '#lib/store/duplicate-items.ts'
import type { StoredRecord } from '#lib/store/items.ts'
import { readRecords } from '#lib/store/read.ts'
import type { Step } from '#lib/store/transaction.ts'
import type { ObjectDefinition } from '#schemas/definition.ts'

/** What it needs of the world. */
export type Work = Pick<Context, 'store' | 'objects'>

/** Ids of records whose groups may be others now, by object. */
type Touched = Map<string, Set<string>>

/** 5 tries against people who keep changing the records compared. */
const attempts = 5

/** Brings the pairs of records, and the groups around them, up to date with what the records are now. */
export async function refreshDuplicates(ctx: Work, ids: readonly string[]): Promise<void> {
  const touched: Touched = new Map()
  let left: readonly string[] = [...new Set(ids)]
  for (let attempt = 0; left.length > 0; attempt++) {
    if (attempt === attempts) throw unavailable(`These records keep changing: ${left.join(', ')}. Try again shortly.`)
    const records = [...(await readRecords(ctx.store, left)).values()]
    const again: string[] = []
    for (const object of new Set(records.map(record => record.object))) {
      const definition = ctx.objects.byName.get(object)
      if (!definition || !isComparable(definition)) continue
      const own = records.filter(record => record.object === object)
      again.push(...(await refreshPairs(ctx, definition, { records: own, touched })))
    }
    left = again
  }
  for (const [object, around] of touched) await regroup(ctx, object, [...around])
}

/**
 * Brings the pairs of records of an object up to date, and adds them and those they are or were paired with to `touched`.
 * @returns those that were overtaken and must be done again.
 */
async function refreshPairs(
  ctx: Work,
  object: ObjectDefinition,
  { records, touched }: { records: readonly StoredRecord[]; touched: Touched },
): Promise<string[]> {
  const alive = records.filter(({ deletedAt }) => deletedAt === undefined)
  const all = await findPairsOfAll(ctx, object, { records: alive })
  const work = records.flatMap(record => {
    const found = all.get(record.id) ?? { pairs: [], compared: new Map() }
    // A new record that shares no key has no notes: most of a large import.
    return record.version === 1 && found.compared.size === 0 ? [] : { record, found }
  })
  const steps = await Promise.all(work.map(each => stepsFor(ctx, each, touched)))
  const changed = work.filter((_, i) => steps[i] !== undefined)
  if (changed.length === 0) return []
  await writeNotes(
    ctx.store,
    steps.flatMap(own => own ?? []),
  )
  return overtaken(ctx, changed)
}

type Refresh = { record: StoredRecord; found: Found }

/** What to write for one record; undefined when it has and had nothing to do with any other. */
async function stepsFor(ctx: Work, { record, found }: Refresh, touched: Touched): Promise<Step[] | undefined> {
  const { id, object } = record
  const { pairs: stored, groupIds } = await readDuplicateNotes(ctx.store, id)
  if (found.pairs.length === 0 && stored.length === 0 && groupIds.length === 0) return undefined
  const neighbours = [...stored.map(({ other }) => other), ...found.pairs.flatMap(({ a, b }) => [a, b])]
  touched.set(object, new Set([...(touched.get(object) ?? []), id, ...neighbours]))
  return pairSteps(ctx.store.table.name, id, { stored, found: found.pairs })
}

/** A neighbour that changed before the notes were written may have missed them, and this record its change. */
async function overtaken(ctx: Work, work: readonly Refresh[]): Promise<string[]> {
  const seen = work.map(({ record, found }) => ({ id: record.id, read: [record, ...found.compared.values()] }))
  const now = await readRecords(
    ctx.store,
    seen.flatMap(({ read }) => read.map(({ id }) => id)),
  )
  return seen.flatMap(({ id, read }) =>
    read.every(record => now.get(record.id)?.version === record.version) ? [] : id,
  )
}
