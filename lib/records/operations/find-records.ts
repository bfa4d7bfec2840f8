import { invalidAt, invalidCursor } from '#lib/errors.ts'
import { allows, fieldAccess } from '#lib/permissions/rules.ts'
import { openQuality } from '#lib/quality/open-quality.ts'
import { compileFilter } from '#lib/records/filter/compile-filter.ts'
import { loadRecord, reachableRule } from '#lib/records/load.ts'
import { ownerOf } from '#lib/records/owner-of.ts'
import { linksTo, listSource } from '#lib/records/partitions.ts'
import { checkSelection } from '#lib/records/selection.ts'
import { type RecordView, viewRecord } from '#lib/records/view.ts'
import type { Context } from '#lib/runtime/context.ts'
import { prefixOf } from '#lib/runtime/ids.ts'
import { decodeCursor, encodeCursor } from '#lib/store/cursor.ts'
import type { StoredRecord } from '#lib/store/items.ts'
import { readMerged } from '#lib/store/merge.ts'
import type { Row } from '#lib/store/query.ts'
import { readRecords, toRecord } from '#lib/store/read.ts'
import type { ObjectDefinition } from '#schemas/definition.ts'

/** Which records, in which order, how many. */
export type ListQuery = {
  /** 1 to 200. */
  limit: number
  cursor?: string | undefined
  /** A CEL condition on `record`. */
  filter?: string | undefined
  sort?: '-updatedAt' | 'updatedAt' | undefined
  /** A user id, or `me`. */
  owner?: string | undefined
  /** Id of the record they hang on; they are then ordered by their own time. */
  parent?: string | undefined
  trash?: boolean | undefined
  fields?: readonly string[] | undefined
}

/** A page of records; without `nextCursor` it is the last. */
export type RecordPage = { items: RecordView[]; nextCursor?: string }

/** 2,000 records looked at for one page: about 2 MB read; the cursor goes on from there. */
const scanLimit = 2_000
/** 1,300,000 characters of text in a page: about 4 MB in Chinese, of the 6 MB a Lambda answer holds. */
const pageText = 1_300_000
/** 5 s for a page, of the 29 s a request has. */
const scanMs = 5_000

/**
 * Lists the records that the actor may see. A page can hold fewer than `limit`, even none, and still have a next one:
 * a filter is given so many records to look at a page.
 * @throws CrmError invalid_filter, invalid_cursor, not_found, unknown_field, record_merged for the parent.
 */
export async function findRecords(
  ctx: Context,
  request: { object: ObjectDefinition; query: ListQuery },
): Promise<RecordPage> {
  const { object, query } = request
  const rule = reachableRule(ctx, object, 'read')
  const trashRule = query.trash ? reachableRule(ctx, object, 'delete') : true
  if (query.fields) checkSelection(object, query.fields)
  const owner = query.owner === 'me' ? ctx.actor.id : query.owner
  const filter = query.filter === undefined ? undefined : await compileFilter(ctx, object, query.filter)
  const narrowing = {
    trash: query.trash === true,
    owner,
    parent: await checkedParent(ctx, object, query.parent),
    equalities: filter?.equalities ?? new Map<string, string>(),
  }
  checkOwner(ctx, object, owner)
  const source = listSource({ actor: ctx.actor, object, rule, listShards: ctx.tenant.listShards }, narrowing)
  const isWanted = (record: StoredRecord) =>
    record.object === object.name &&
    (record.deletedAt !== undefined) === narrowing.trash &&
    allows(rule, record) &&
    allows(trashRule, record) &&
    hangsOn(object, record, narrowing.parent) &&
    (owner === undefined || ownerOf({ definition: object }, record) === owner) &&
    (filter?.test(record) ?? true)
  const [{ records, next }] = await Promise.all([
    readPage(ctx, request, source, isWanted),
    openQuality(object, query.fields),
  ])
  const items = records.map(record => viewRecord(ctx, object, record, query.fields))
  return next === undefined ? { items } : { items, nextCursor: encodeCursor(identity(ctx, request), { s: next }) }
}

type Source = ReturnType<typeof listSource>

async function readPage(
  ctx: Context,
  request: { object: ObjectDefinition; query: ListQuery },
  source: Source,
  isWanted: (record: StoredRecord) => boolean,
): Promise<{ records: StoredRecord[]; next: string | undefined }> {
  const { query } = request
  const isWholeObject = source.partitions.every(({ index }) => index === 'byObject')
  const until = ctx.clock.now().getTime() + scanMs
  let text = 0
  const merge = {
    partitions: source.partitions,
    descending: query.sort !== 'updatedAt',
    after: query.cursor === undefined ? undefined : positionIn(identity(ctx, request), query.cursor),
    limit: query.limit,
    scanLimit,
    isOverdue: () => ctx.clock.now().getTime() > until,
    isHeavy: () => text > pageText,
    // One more than wanted tells whether there is a next page; a filter over all records reads ahead, one that an index
    // answers finds nearly all it reads.
    batch: query.filter !== undefined && isWholeObject ? Math.max(query.limit + 1, 250) : query.limit + 1,
  }
  if (!source.isLookup) {
    const page = await readMerged(ctx.store, merge, row => {
      const record = wantedRecord(row, isWanted)
      text += record ? textIn(record) : 0
      return record
    })
    return { records: page.kept, next: page.next }
  }
  const page = await readMerged(ctx.store, merge, row => String(row.item['id']))
  const found = await readRecords(ctx.store, page.kept)
  const records = page.kept.flatMap(id => found.get(id) ?? []).filter(isWanted)
  return { records, next: page.next }
}

function wantedRecord(row: Row, isWanted: (record: StoredRecord) => boolean): StoredRecord | undefined {
  const record = toRecord(row.item)
  return isWanted(record) ? record : undefined
}

/** Characters in a record's texts: what makes one record a hundred times as large as another. */
function textIn({ fields }: StoredRecord): number {
  return Object.values(fields).reduce<number>((sum, value) => sum + (typeof value === 'string' ? value.length : 0), 0)
}

function positionIn(query: unknown, cursor: string): string {
  const position = decodeCursor(query, cursor)['s']
  if (position === undefined) throw invalidCursor()
  return position
}

/** What makes this query this query: a cursor of another one does not fit. */
function identity(ctx: Context, { object, query }: { object: ObjectDefinition; query: ListQuery }): unknown {
  const { filter, sort = '-updatedAt', owner, parent, trash = false } = query
  return [ctx.actor.id, object.name, filter, sort, owner, parent, trash]
}

async function checkedParent(ctx: Context, object: ObjectDefinition, parent: string | undefined) {
  if (parent === undefined) return undefined
  const target = ctx.objects.byPrefix.get(prefixOf(parent))
  const links = target ? linksTo(object, target.name) : []
  if (!target || links.length === 0)
    throw invalidAt(
      '?parent',
      'invalid_reference',
      `${object.plural} do not hang on ${parent}; give the id of a record they refer to.`,
    )
  await loadRecord(ctx, { object: target, id: parent, verb: 'read', followMerged: true })
  return { id: parent, object: target.name }
}

function hangsOn(
  object: ObjectDefinition,
  record: StoredRecord,
  parent: { id: string; object: string } | undefined,
): boolean {
  return parent === undefined || linksTo(object, parent.object).some(([name]) => record.fields[name] === parent.id)
}

function checkOwner(ctx: Context, object: ObjectDefinition, owner: string | undefined): void {
  if (owner === undefined) return
  const { ownerField } = object
  const access = ownerField ? fieldAccess(ctx.actor, object.name, ownerField) : 'hidden'
  if (!ownerField || ownerField === 'id' || access === 'hidden' || access === 'masked')
    throw invalidAt('?owner', 'invalid_value', `${object.plural} cannot be listed by owner.`)
}
