import type { ReportItem } from '#lib/cleanup/items.ts'
import { type Lane, lastKey, ndjsonType, numbered, type RunPlan, readPlan, runFiles } from '#lib/cleanup/run-files.ts'
import { isRunning, runContext } from '#lib/cleanup/run-job.ts'
import type { Context } from '#lib/runtime/context.ts'
import type { Files } from '#lib/runtime/files.ts'
import { inParallel } from '#lib/runtime/in-parallel.ts'
import { indexRecords } from '#lib/search/index-records.ts'
import { objectPartition } from '#lib/store/keys.ts'
import { purgeRecord } from '#lib/store/purge.ts'
import { readSlice } from '#lib/store/query.ts'
import { toRecord } from '#lib/store/read.ts'
import { noteKey } from '#lib/store/search-notes.ts'
import { deleteSearchItems } from '#lib/store/search-table.ts'
import type { Store } from '#lib/store/table.ts'

/** A run, how long its step may go on, and the search index, where there is one. */
export type PurgeWork = { runId: string; remainingMs: () => number; searchStore?: Store }

type Doomed = { object: string; id: string; version: number; deletedAt: string }
/** A page of records to delete, kept before the first goes: whoever goes on after a kill cannot find them any more. */
type Page = { number: number; to: string; isLast: boolean; records: Doomed[] }
type Tools = PurgeWork & { ctx: Context; files: Files; plan: RunPlan; until: string }

/** 100 records with their histories at a time. */
const pageSize = 100
/** 8 records under way. */
const parallel = 8
/** 1 minute: more than any page takes. */
const leastMs = 60_000
const dayMs = 86_400_000

/**
 * Deletes for good what has been in the recycle bin for as long as the policy keeps it.
 * @returns whether all is done; otherwise it is to be called again.
 */
export async function purgeRecords(given: Context, files: Files, work: PurgeWork): Promise<{ done: boolean }> {
  const ctx = runContext(given, work.runId)
  const plan = await readPlan(files, work.runId)
  const until = new Date(Date.parse(plan.startedAt) - plan.policy.retention.recycleBinDays * dayMs).toISOString()
  const tools: Tools = { ...work, ctx, files, plan, until }
  for (const lane of plan.lanes) if (!(await purgeLane(tools, lane))) return { done: false }
  return { done: true }
}

async function purgeLane(tools: Tools, lane: Lane): Promise<boolean> {
  const { ctx, files, runId } = tools
  const last = await lastKey(files, runFiles.purgePages(runId, lane))
  let page = last === undefined ? undefined : await readPage(files, last)
  if (page) await purgePage(tools, lane, page)
  for (let isFirst = true; !page?.isLast; isFirst = false) {
    if (!isFirst && tools.remainingMs() < leastMs) return false
    if (!(await isRunning(ctx, runId))) return true
    const next = await findDoomed(tools, lane, page)
    const key = numbered(runFiles.purgePages(runId, lane), next.number)
    const isOurs = await files.writeNew(key, JSON.stringify(next), { contentType: 'application/json' })
    page = isOurs ? next : await readPage(files, key)
    await purgePage(tools, lane, page)
  }
  return true
}

/** Records of the recycle bin stand there in the order in which they were deleted. */
async function findDoomed({ ctx, until }: Tools, lane: Lane, before: Page | undefined): Promise<Page> {
  const partition = { index: 'byObject', pk: objectPartition(lane.object, lane.shard, 'trash') } as const
  const slice = { limit: pageSize, descending: false, after: before?.to }
  const { rows, isLast } = await readSlice(ctx.store, partition, slice)
  const due = rows.filter(({ sort }) => sort < until)
  const records = due.flatMap(({ item }): Doomed[] => {
    const { id, object, version, deletedAt = '' } = toRecord(item)
    return deletedAt !== '' && deletedAt < until ? [{ object, id, version, deletedAt }] : []
  })
  const to = due.at(-1)?.sort ?? before?.to ?? ''
  return { number: (before?.number ?? -1) + 1, to, isLast: isLast || due.length < rows.length, records }
}

async function purgePage(tools: Tools, lane: Lane, { number, records }: Page): Promise<void> {
  const { ctx, files, plan, runId, searchStore } = tools
  const key = numbered(runFiles.purged(runId, lane), number)
  if (await files.head(key)) return
  const kept = new Set<string>()
  await inParallel(plan.dryRun ? [] : records, parallel, async record => {
    if (!(await purgeRecord(ctx.store, record))) kept.add(record.id)
  })
  const gone = records.filter(({ id }) => !kept.has(id))
  if (searchStore && !plan.dryRun && gone.length > 0) await forgetSearch(ctx, searchStore, gone)
  const items = gone.map(({ object, id, deletedAt }): ReportItem => ({ kind: 'purged', object, id, deletedAt }))
  await files.writeNew(key, items.map(item => `${JSON.stringify(item)}\n`).join(''), { contentType: ndjsonType })
}

/** Tokens that an index update may still have left, and the note of what was indexed. */
async function forgetSearch({ store, objects }: Context, searchStore: Store, gone: readonly Doomed[]): Promise<void> {
  const ids = gone.map(({ id }) => id)
  await indexRecords({ store, searchStore, objects }, ids)
  await deleteSearchItems(searchStore, ids.map(noteKey))
}

async function readPage(files: Files, key: string): Promise<Page> {
  return JSON.parse(await files.readText(key))
}
