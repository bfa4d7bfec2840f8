import { monthPartitions, recordPartitions } from '#lib/access-log/index-items.ts'
import { mayReadLog } from '#lib/access-log/may-read-log.ts'
import { invalidAt, invalidCursor } from '#lib/errors.ts'
import { fieldAccess } from '#lib/permissions/rules.ts'
import type { Context } from '#lib/runtime/context.ts'
import { type AccessEntry, toAccessEntry } from '#lib/store/access-index.ts'
import { decodeCursor, encodeCursor } from '#lib/store/cursor.ts'
import { readMerged } from '#lib/store/merge.ts'
import type { Partition } from '#lib/store/query.ts'
import type { Store } from '#lib/store/table.ts'
import { accessAlert } from '#schemas/system/access-alert.ts'

/** Which accesses; what is not said is not asked for. */
export type AccessQuery = {
  actor?: string | undefined
  record?: string | undefined
  action?: string | undefined
  from?: string | undefined
  to?: string | undefined
  limit: number
  cursor?: string | undefined
}

/** A page of accesses; without `nextCursor` it is the last. */
export type AccessPage = { items: AccessEntry[]; nextCursor?: string }

type Range = { from: string; to: string }

/** 2,000 entries looked at for one page: about 1 MB read; the cursor goes on from there. */
const scanLimit = 2_000
const defaultDays = 30

/**
 * Accesses by who, to which record, of which kind and when, the latest first. Each question reads the narrowest partition
 * there is: of the record, else of the actor, else of the action, else of the months.
 * @param index the index of accesses.
 * @throws CrmError validation_failed, invalid_cursor, not_found.
 */
export async function findAccesses(ctx: Context, index: Store, query: AccessQuery): Promise<AccessPage> {
  mayReadLog(ctx)
  const asked = { ...query, actor: query.actor === 'me' ? ctx.actor.id : query.actor }
  const range = rangeOf(ctx, asked)
  const identity = [ctx.actor.id, asked.actor, asked.record, asked.action, asked.from, asked.to]
  const after = query.cursor === undefined ? `${range.to}~` : positionIn(identity, query.cursor)
  const page = await readPage(index, { asked, range, after })
  const items = page.kept.map(entry => viewOf(ctx, entry)).toSorted(latestFirst)
  return page.next === undefined ? { items } : { items, nextCursor: encodeCursor(identity, { s: page.next }) }
}

/** Entries of a whole minute are read after those of its moments. */
function latestFirst(a: AccessEntry, b: AccessEntry): number {
  if (a.at === b.at) return 0
  return a.at < b.at ? 1 : -1
}

async function readPage(index: Store, { asked, range, after }: { asked: AccessQuery; range: Range; after: string }) {
  let isPast = false
  const merge = {
    partitions: partitionsOf(asked, range),
    descending: true,
    after,
    limit: asked.limit,
    scanLimit,
    batch: asked.limit + 1,
    isOverdue: () => isPast,
  }
  const page = await readMerged(index, merge, ({ sort, item }) => {
    // A minute's entry has a shorter key than a moment's: it counts as the end of its minute.
    isPast ||= sort < range.from.slice(0, sort.indexOf('#'))
    const entry = toAccessEntry(item)
    return !isPast && isAsked(asked, entry) ? entry : undefined
  })
  return isPast ? { ...page, next: undefined } : page
}

function partitionsOf({ record, actor, action }: AccessQuery, { from, to }: Range): Partition[] {
  if (record !== undefined) return recordPartitions(record)
  if (actor !== undefined) return [{ index: 'byActor', pk: actor }]
  if (action !== undefined) return [{ index: 'byAction', pk: action }]
  return monthsBetween(from, to).flatMap(monthPartitions)
}

function isAsked({ actor, action }: AccessQuery, entry: AccessEntry): boolean {
  return (actor === undefined || entry.actor.id === actor) && (action === undefined || entry.action === action)
}

/** Months (`yyyy-mm`) from one moment to another. */
function monthsBetween(from: string, to: string): string[] {
  const months: string[] = []
  const month = new Date(`${from.slice(0, 7)}-01T00:00:00Z`)
  for (; month.toISOString().slice(0, 7) <= to.slice(0, 7); month.setUTCMonth(month.getUTCMonth() + 1))
    months.push(month.toISOString().slice(0, 7))
  return months
}

/** 400 days: no index is kept so much longer that a year's question is not enough. */
const longestDays = 400
const dayMs = 86_400_000

function rangeOf({ clock }: Context, { from, to }: AccessQuery): Range {
  const end = to ?? clock.now().toISOString()
  const start = from ?? new Date(Date.parse(end) - defaultDays * dayMs).toISOString()
  if (start > end) throw invalidAt('?from', 'invalid_value', 'from must not be after to.')
  if (Date.parse(end) - Date.parse(start) > longestDays * dayMs)
    throw invalidAt('?from', 'invalid_value', `from must be at most ${longestDays} days before to; ask year by year.`)
  return { from: start, to: end }
}

function positionIn(identity: unknown, cursor: string): string {
  const position = decodeCursor(identity, cursor)['s']
  if (position === undefined) throw invalidCursor()
  return position
}

/** Addresses of colleagues are personal too: masked for roles that see them so. */
function viewOf({ actor }: Context, entry: AccessEntry): AccessEntry {
  const access = fieldAccess(actor, accessAlert.name, 'sourceIp')
  if (access !== 'masked' && access !== 'hidden') return entry
  return { ...entry, sourceIp: entry.sourceIp.replace(/[.:][^.:]*$/, '.***'), userAgent: '***' }
}
