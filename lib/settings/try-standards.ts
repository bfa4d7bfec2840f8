import { isDeepStrictEqual } from 'node:util'
import { invalidCursor } from '#lib/errors.ts'
import { allows, fieldAccess, recordRule } from '#lib/permissions/rules.ts'
import { viewValue } from '#lib/records/view.ts'
import type { Context } from '#lib/runtime/context.ts'
import { type BrokenStandard, brokenStandards, type ObjectStandards, withFound } from '#lib/settings/entry-standards.ts'
import { decodeCursor, encodeCursor } from '#lib/store/cursor.ts'
import type { StoredRecord } from '#lib/store/items.ts'
import { objectPartition } from '#lib/store/keys.ts'
import { readSlice } from '#lib/store/query.ts'
import { toRecord } from '#lib/store/read.ts'
import type { ObjectDefinition } from '#schemas/definition.ts'
import type { Json } from '#schemas/json.ts'
import type { TenantPolicy } from '#schemas/settings.ts'

/** Records that one rule of the new entry standards would find fault with. */
export type StandardBreak = {
  object: string
  field: string
  code: BrokenStandard['code']
  /** Records that break it. */
  records: number
  /** Those among them with whose field the standards in force find no fault. */
  newly: number
  /** The first of them that the caller may see. */
  examples: { id: string; title?: Json; detail: string }[]
}

/** What new entry standards would find, as far as was looked. */
export type Trial = { checked: number; breaks: StandardBreak[]; isComplete: boolean; nextCursor?: string }

/** Which standards are tried, against those in force; where to go on looking. */
export type TrialRequest = { before: TenantPolicy; after: TenantPolicy; cursor: string | undefined }

/** 10 examples a rule: enough to see what it is about. */
const mostExamples = 10
/** 500 records at a time: with records of 1 KB or so a page that DynamoDB does not cut. */
const pageSize = 500
/** 15 s of looking: well within the 29 s that a request has. */
const longestMs = 15_000

type Tried = { object: ObjectDefinition; now: ObjectStandards; next: ObjectStandards }
type Place = { object: number; shard: number; after: string | undefined }

/**
 * Counts the records that the entry standards which `after` changes would find fault with, rule by rule, and names some. It
 * looks for some seconds; where that is not enough, `nextCursor` goes on counting from there.
 */
export async function tryStandards(ctx: Context, { before, after, cursor }: TrialRequest): Promise<Trial> {
  const tried = changedStandards(ctx, before, after)
  const query = [ctx.actor.id, 'standards', tried.map(({ object, next }) => [object.name, next])]
  const found = new Map<string, StandardBreak>()
  const until = ctx.clock.now().getTime() + longestMs
  let place: Place | undefined = cursor === undefined ? startOf(tried) : placeIn(decodeCursor(query, cursor), tried)
  let checked = 0
  while (place) {
    const current = tried[place.object]
    if (!current) break
    const { records, next } = await readPage(ctx, current, place)
    checked += records.length
    for (const record of records) note(ctx, current, record, found)
    place = next === undefined ? nextPartition(ctx, place, tried) : { ...place, after: next }
    if (place && ctx.clock.now().getTime() > until) break
  }
  const breaks = [...found.values()]
  if (!place) return { checked, breaks, isComplete: true }
  const { object, shard, after: sort = '' } = place
  const nextCursor = encodeCursor(query, { o: String(object), s: String(shard), a: sort })
  return { checked, breaks, isComplete: false, nextCursor }
}

/** Objects with standards that change, and those standards alone. */
function changedStandards({ objects }: Context, before: TenantPolicy, after: TenantPolicy): Tried[] {
  return objects.all.flatMap(object => {
    const now = before.standards[object.name] ?? {}
    const wanted = Object.entries(after.standards[object.name] ?? {})
    const changed = wanted.filter(([field, standard]) => !isDeepStrictEqual(now[field], standard))
    return changed.length > 0 ? [{ object, now, next: Object.fromEntries(changed) }] : []
  })
}

function startOf(tried: readonly Tried[]): Place | undefined {
  return tried.length > 0 ? { object: 0, shard: 0, after: undefined } : undefined
}

function placeIn({ o, s, a }: Record<string, string>, tried: readonly Tried[]): Place {
  const place = { object: Number(o), shard: Number(s), after: a === '' ? undefined : a }
  if (!tried[place.object] || !Number.isSafeInteger(place.shard)) throw invalidCursor()
  return place
}

function nextPartition({ tenant }: Context, { object, shard }: Place, tried: readonly Tried[]): Place | undefined {
  if (shard + 1 < tenant.listShards) return { object, shard: shard + 1, after: undefined }
  return object + 1 < tried.length ? { object: object + 1, shard: 0, after: undefined } : undefined
}

/** Oldest change first: a record that changes meanwhile moves ahead, and is not missed. */
async function readPage({ store }: Context, { object }: Tried, { shard, after }: Place) {
  const partition = { index: 'byObject' as const, pk: objectPartition(object.name, shard, 'all') }
  const { rows, isLast } = await readSlice(store, partition, { limit: pageSize, descending: false, after })
  return { records: rows.map(({ item }) => toRecord(item)), next: isLast ? undefined : rows.at(-1)?.sort }
}

function note(
  ctx: Context,
  { object, now, next }: Tried,
  record: StoredRecord,
  found: Map<string, StandardBreak>,
): void {
  const broken = brokenStandards(object, record.fields, next)
  if (broken.length === 0) return
  const already = new Set(brokenStandards(object, record.fields, now).map(({ field }) => field))
  for (const each of broken) {
    const { field, code } = each
    const key = `${object.name} ${field} ${code}`
    const one = found.get(key) ?? { object: object.name, field, code, records: 0, newly: 0, examples: [] }
    found.set(key, one)
    one.records += 1
    if (!already.has(field)) one.newly += 1
    if (one.examples.length < mostExamples)
      one.examples.push(...exampleOf(ctx, object, record, { field, detail: withFound(each) }))
  }
}

function exampleOf(
  ctx: Context,
  object: ObjectDefinition,
  record: StoredRecord,
  { field, detail }: { field: string; detail: string },
): StandardBreak['examples'] {
  if (!allows(recordRule(ctx.actor, object, 'read'), record)) return []
  const name = object.titleField
  const definition = object.fields[name]
  const value = record.fields[name]
  const title = definition && value !== undefined ? viewValue(ctx, object, { name, definition, value }) : undefined
  const isSeen = ['editable', 'readOnly'].includes(fieldAccess(ctx.actor, object.name, field))
  const told = isSeen ? detail : `${field} does not meet the standard.`
  return [{ id: record.id, ...(title !== undefined && { title }), detail: told }]
}
