import { isComparable, modelFor } from '#lib/duplicate-groups/find-pairs.ts'
import { likelyGroups } from '#lib/duplicate-groups/likely-groups.ts'
import { pairSteps } from '#lib/duplicate-groups/note-pairs.ts'
import type { Work } from '#lib/duplicate-groups/refresh-duplicates.ts'
import { regroup } from '#lib/duplicate-groups/regroup.ts'
import { writeNotes } from '#lib/duplicate-groups/write-notes.ts'
import { findDuplicates } from '#lib/duplicates/find-duplicates.ts'
import type { Comparable, DuplicatePair, SkippedKey } from '#lib/duplicates/types.ts'
import { invalidAt } from '#lib/errors.ts'
import { inParallel } from '#lib/runtime/in-parallel.ts'
import { readDuplicateNotes, readOpenGroups, type StoredGroup } from '#lib/store/duplicate-items.ts'
import { objectPartition } from '#lib/store/keys.ts'
import { readRows } from '#lib/store/query.ts'
import { toRecord } from '#lib/store/read.ts'
import type { ObjectDefinition } from '#schemas/definition.ts'

/** What a search over all records came to; `found`: the groups that the pairs found make up, the surest first. */
export type Search = {
  records: number
  pairs: number
  groups: number
  skippedKeys: SkippedKey[]
  found: StoredGroup[]
}
/** How to search: `dryRun` notes nothing; `asIf` gives a record the fields that it is about to have. */
export type SearchOptions = { dryRun?: boolean; asIf?: (record: Comparable) => Comparable }

/** 8 records noted at a time. */
const parallel = 8

/**
 * Compares all records of an object, page by page, and notes what it finds just as single changes do, so that both come to
 * the same groups; what somebody decided stays. Safe to repeat.
 * @throws CrmError validation_failed for an object that has no duplicates.
 */
export async function findAllDuplicates(
  ctx: Work & { listShards: number },
  object: ObjectDefinition,
  { dryRun = false, asIf = record => record }: SearchOptions = {},
): Promise<Search> {
  if (!isComparable(object)) throw invalidAt('', 'not_comparable', `${object.pluralLabel.en} have no duplicates.`)
  const records = (await allRecords(ctx, object)).map(asIf)
  const { pairs, skippedKeys } = findDuplicates(object, records, { model: await modelFor(object) })
  const found = await likelyGroups(ctx, object.name, { pairs })
  if (!dryRun) await noteAll(ctx, object, pairs)
  const groups = dryRun ? found.length : (await openGroups(ctx, object)).length
  return { records: records.length, pairs: pairs.length, groups, skippedKeys, found }
}

async function noteAll(ctx: Work, object: ObjectDefinition, pairs: readonly DuplicatePair[]): Promise<void> {
  const byRecord = new Map<string, DuplicatePair[]>()
  for (const pair of pairs) for (const id of [pair.a, pair.b]) byRecord.set(id, [...(byRecord.get(id) ?? []), pair])
  const inGroups = await openMembers(ctx, object)
  const ids = new Set([...byRecord.keys(), ...inGroups])
  await inParallel(ids, parallel, id => noteRecord(ctx, id, byRecord.get(id) ?? []))
  await regroupAll(ctx, object, ids)
}

async function noteRecord(ctx: Work, id: string, found: readonly DuplicatePair[]): Promise<void> {
  const { pairs: stored } = await readDuplicateNotes(ctx.store, id)
  await writeNotes(ctx.store, pairSteps(ctx.store.table.name, id, { stored, found }))
}

/** One region after the other: each holds records that have to do with each other. */
async function regroupAll(ctx: Work, object: ObjectDefinition, ids: ReadonlySet<string>): Promise<void> {
  const left = new Set(ids)
  for (const id of left) {
    left.delete(id)
    for (const reached of await regroup(ctx, object.name, [id])) left.delete(reached)
  }
}

async function allRecords(ctx: Work & { listShards: number }, object: ObjectDefinition): Promise<Comparable[]> {
  const records: Comparable[] = []
  for (let shard = 0; shard < ctx.listShards; shard++) {
    const partition = { index: 'byObject', pk: objectPartition(object.name, shard, 'all') } as const
    for await (const { item } of readRows(ctx.store, partition, { batch: 1_000 })) {
      const { id, fields } = toRecord(item)
      records.push({ id, fields })
    }
  }
  return records
}

async function openMembers(ctx: Work, object: ObjectDefinition): Promise<string[]> {
  return (await openGroups(ctx, object)).flatMap(({ members }) => members)
}

async function openGroups({ store }: Work, object: ObjectDefinition): Promise<StoredGroup[]> {
  const all: StoredGroup[] = []
  for await (const group of readOpenGroups(store, object.name)) all.push(group)
  return all
}
