import { factsFor } from '#lib/cleanup/facts.ts'
import { type Judging, judgeRecords } from '#lib/cleanup/judge-records.ts'
import { pendingSegment, resumeLane } from '#lib/cleanup/resume-lane.ts'
import {
  addCounts,
  keepSegment,
  type Lane,
  numbered,
  readPlan,
  readSegment,
  runFiles,
  type Segment,
  type SegmentHead,
} from '#lib/cleanup/run-files.ts'
import { isRunning, runContext } from '#lib/cleanup/run-job.ts'
import { tellFailure } from '#lib/cleanup/tell-failure.ts'
import { writeFixes } from '#lib/cleanup/write-fixes.ts'
import { compileObject } from '#lib/records/compile.ts'
import type { Context } from '#lib/runtime/context.ts'
import type { Files } from '#lib/runtime/files.ts'
import { objectPartition } from '#lib/store/keys.ts'
import { type Row, readSlice } from '#lib/store/query.ts'
import { toRecord } from '#lib/store/read.ts'

/** A lane of a run, how long its step may go on, and how many records are a segment. */
export type LaneWork = { runId: string; lane: Lane; remainingMs: () => number; segmentSize?: number }

/** 2,000 records: 2 to 4 MB, done within seconds; a kill costs no more than that. */
const usualSize = 2_000
/** 2 minutes: more than any segment takes; with less left the step ends, and the next one goes on. */
const leastMs = 120_000

type Read = { rows: Row[]; isLast: boolean }
const nothing: Read = { rows: [], isLast: true }
/** Records that are read while those before them are judged; `after`: the sort key before them. */
type Ahead = { after: string; rows: Promise<Read> }
type Tools = Judging & { files: Files; lane: Lane; segmentSize: number }

/**
 * Evaluates the records of a lane segment by segment: scores, safe fixes, what their surroundings say. What a segment comes to
 * is kept in a file before its fixes are written, and again after, so that whoever goes on after a kill neither loses nor
 * repeats anything.
 * @returns whether the lane is done; otherwise it is to be called again.
 */
export async function evaluateLane(ctx: Context, files: Files, work: LaneWork): Promise<{ done: boolean }> {
  try {
    return await goOn(ctx, files, work)
  } catch (error) {
    // A distributed map only tells that too many lanes failed.
    await tellFailure(files, work, error).catch((other: unknown) => {
      ctx.log.warn('Why a lane failed could not be kept for the report', { runId: work.runId, error: other })
    })
    throw error
  }
}

async function goOn(given: Context, files: Files, work: LaneWork): Promise<{ done: boolean }> {
  const { runId, lane, remainingMs } = work
  const ctx = runContext(given, runId)
  const tools = await toolsOf(ctx, files, work)
  let place = await resumeLane(files, runId, lane)
  let pending = await pendingSegment(files, work, place)
  let ahead: Ahead | undefined
  for (let isFirst = true; !place?.isLast; isFirst = false) {
    if (!isFirst && remainingMs() < leastMs) return { done: false }
    const [read, goesOn] = await Promise.all([
      pending ? undefined : nextRows(tools, place?.to, ahead),
      isRunning(ctx, runId),
    ])
    // What was begun is finished, so that the report of a canceled run has all that it wrote.
    if (!goesOn && !pending) return { done: true }
    ahead = read && readAhead(tools, read)
    const segment: Segment = pending ?? (await judgeSegment(tools, place, read ?? nothing))
    pending = undefined
    place = await settle(tools, segment, place)
  }
  return { done: true }
}

async function toolsOf(ctx: Context, files: Files, { runId, lane, segmentSize = usualSize }: LaneWork): Promise<Tools> {
  const plan = await readPlan(files, runId)
  const definition = ctx.objects.byName.get(lane.object)
  if (!definition) throw new Error(`There is no object ${lane.object}`)
  const at = { now: new Date(plan.startedAt), policy: plan.policy, phoneRegion: ctx.tenant.phoneRegion }
  const factsOf = factsFor(ctx, definition, at)
  return { ctx, plan, object: compileObject(definition, ctx.tenant), at, factsOf, files, lane, segmentSize }
}

/** Those read ahead, if the lane is where they begin; it is not when somebody else has kept another segment. */
function nextRows(tools: Tools, after: string | undefined, ahead: Ahead | undefined): Promise<Read> {
  return ahead && ahead.after === after ? ahead.rows : readRows(tools, after)
}

/** The next records, of those that were not changed since the run began. */
async function readRows({ ctx, lane, plan, segmentSize }: Tools, after: string | undefined): Promise<Read> {
  const partition = { index: 'byObject', pk: objectPartition(lane.object, lane.shard, 'all') } as const
  const { rows, isLast } = await readSlice(ctx.store, partition, { limit: segmentSize, descending: false, after })
  const within = rows.filter(({ sort }) => sort < plan.startedAt)
  return { rows: within, isLast: isLast || within.length < rows.length }
}

function readAhead(tools: Tools, { rows, isLast }: Read): Ahead | undefined {
  const after = rows.at(-1)?.sort
  if (isLast || after === undefined) return undefined
  const next = readRows(tools, after)
  // A failure is met where the rows are awaited; until then it must not count as nobody's.
  next.catch(() => undefined)
  return { after, rows: next }
}

async function judgeSegment(tools: Tools, place: SegmentHead | undefined, { rows, isLast }: Read): Promise<Segment> {
  const { counts, ...judged } = await judgeRecords(
    tools,
    rows.map(({ item }) => toRecord(item)),
  )
  const to = rows.at(-1)?.sort ?? place?.to ?? ''
  const head = { number: (place?.number ?? -1) + 1, to, isLast, counts, total: counts }
  return { head, ...judged }
}

/** Writes what is to be written of a segment, and keeps what it came to; answers where the lane is then. */
async function settle(tools: Tools, segment: Segment, place: SegmentHead | undefined): Promise<SegmentHead> {
  const { ctx, files, plan, lane } = tools
  const { number } = segment.head
  const done = hasWrites(tools, segment) ? await written(tools, segment) : segment
  const total = place ? addCounts(place.total, done.head.counts) : done.head.counts
  const key = numbered(runFiles.results(plan.runId, lane), number)
  const head = { ...done.head, total }
  const isOurs = await keepSegment(files, key, { ...done, head, lists: { ...done.lists, facts: [] } })
  ctx.log.info('A segment is evaluated', { ...lane, number, ...head.counts })
  return isOurs ? head : (await readSegment(files, key)).head
}

async function written(tools: Tools, segment: Segment): Promise<Segment> {
  const { files, plan, lane } = tools
  const key = numbered(runFiles.intents(plan.runId, lane), segment.head.number)
  const isOurs = await keepSegment(files, key, segment)
  return writeFixes(tools, isOurs ? segment : await readSegment(files, key))
}

function hasWrites({ plan }: Tools, { lists, items }: Segment): boolean {
  return !plan.dryRun && (lists.facts.length > 0 || items.some(({ kind }) => kind === 'fixed'))
}
