import { allows, recordRule } from '#lib/permissions/rules.ts'
import { openQuality } from '#lib/quality/open-quality.ts'
import { viewChange } from '#lib/records/change-view.ts'
import { loadRecord } from '#lib/records/load.ts'
import type { AboutRequest } from '#lib/records/operations/read-history.ts'
import { linksTo, listSource } from '#lib/records/partitions.ts'
import { timeOf } from '#lib/records/record-keys.ts'
import { viewRecord } from '#lib/records/view.ts'
import type { Context } from '#lib/runtime/context.ts'
import { decodeCursor, encodeCursor } from '#lib/store/cursor.ts'
import { readChanges } from '#lib/store/history.ts'
import type { Change, StoredRecord } from '#lib/store/items.ts'
import { readSlice } from '#lib/store/query.ts'
import { readRecords, toRecord } from '#lib/store/read.ts'
import type { ObjectDefinition } from '#schemas/definition.ts'
import type { JsonObject } from '#schemas/json.ts'

/** A line of a timeline and where its source goes on after it. */
type Line = { at: string; feed: string; position: string; view: JsonObject | undefined }
type Feed = { lines: Line[]; isLast: boolean }
/** The last line read of each feed, by its name. */
type Positions = Record<string, string>

const changesFeed = 'changes'

/**
 * Lists what happened with a record, newest first: the activities that hang on it and its own changes.
 * @throws CrmError not_found, record_merged, invalid_cursor.
 */
export async function readTimeline(
  ctx: Context,
  request: AboutRequest,
): Promise<{ items: JsonObject[]; nextCursor?: string }> {
  const { object, id, limit, cursor } = request
  await loadRecord(ctx, { object, id, verb: 'read', followMerged: true })
  const identity = [ctx.actor.id, 'timeline', id]
  const from: Positions = cursor === undefined ? {} : decodeCursor(identity, cursor)
  const feeds = await Promise.all([changeFeed(ctx, request, from[changesFeed]), ...activityFeeds(ctx, request, from)])
  const { lines, isLast } = firstLines(feeds, limit)
  const items = lines.map(line => line.view).filter(view => view !== undefined)
  if (isLast) return { items }
  const next: Positions = { ...from }
  for (const line of lines) next[line.feed] = line.position
  return { items, nextCursor: encodeCursor(identity, next) }
}

/** The newest `limit` lines of all feeds. Each feed holds that many or all it has, so none can be missing between them. */
function firstLines(feeds: readonly Feed[], limit: number): Feed {
  const all = feeds.flatMap(feed => feed.lines).toSorted((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : 0))
  return { lines: all.slice(0, limit), isLast: all.length <= limit && feeds.every(feed => feed.isLast) }
}

async function changeFeed(ctx: Context, request: AboutRequest, before: string | undefined): Promise<Feed> {
  const slice = { limit: request.limit, before: before === undefined ? undefined : Number(before) }
  const { changes, isLast } = await readChanges(ctx.store, request.id, slice)
  return { lines: changes.map(change => changeLine(ctx, request.object, change)), isLast }
}

function changeLine(ctx: Context, object: ObjectDefinition, change: Change): Line {
  const view = { kind: 'change', at: change.at, change: viewChange(ctx, object, change) }
  return { at: change.at, feed: changesFeed, position: String(change.version), view }
}

/** One feed for each object that has a time and hangs on this record: activities, for now. */
function activityFeeds(ctx: Context, request: AboutRequest, from: Positions): Promise<Feed>[] {
  return ctx.objects.all
    .filter(child => child.timeField && linksTo(child, request.object.name).length > 0)
    .map(child => activityFeed(ctx, child, request, from[child.name]))
}

async function activityFeed(
  ctx: Context,
  child: ObjectDefinition,
  request: AboutRequest,
  after: string | undefined,
): Promise<Feed> {
  const rule = recordRule(ctx.actor, child, 'read')
  const parent = { id: request.id, object: request.object.name }
  const narrowing = { trash: false, owner: undefined, parent, equalities: new Map<string, string>() }
  const source = listSource({ actor: ctx.actor, object: child, rule, listShards: 1 }, narrowing)
  const [partition] = source.partitions
  if (!partition || rule === false) return { lines: [], isLast: true }
  await openQuality(child)
  const { rows, isLast } = await readSlice(ctx.store, partition, { limit: request.limit, descending: true, after })
  const found = source.isLookup
    ? await readRecords(
        ctx.store,
        rows.map(row => String(row.item['id'])),
      )
    : undefined
  const lines = rows.map(({ sort, item }): Line => {
    const record = found ? found.get(String(item['id'])) : toRecord(item)
    const at = sort.replace(partition.prefix ?? '', '').split('#')[0] ?? ''
    const view = record && allows(rule, record) ? activityView(ctx, child, record) : undefined
    return { at, feed: child.name, position: sort, view }
  })
  return { lines, isLast }
}

function activityView(ctx: Context, child: ObjectDefinition, record: StoredRecord): JsonObject {
  return { kind: child.name, at: timeOf({ definition: child }, record), [child.name]: viewRecord(ctx, child, record) }
}
