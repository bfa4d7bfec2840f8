import type { ReportItem } from '#lib/cleanup/items.ts'
import type { QualitySummary } from '#lib/quality-report/summary.ts'
import type { Files } from '#lib/runtime/files.ts'
import type { Checked } from '#lib/store/items.ts'
import type { TenantPolicy } from '#schemas/settings.ts'

/** Records of one object that stand in one list shard: evaluated one after the other, oldest change first. */
export type Lane = { object: string; shard: number }

/** What a run goes by from its first step to its last, whatever changes meanwhile. */
export type RunPlan = {
  runId: string
  /** Records changed since then are not its business. */
  startedAt: string
  dryRun: boolean
  policy: TenantPolicy
  /** Records changed since then are compared with others; without it all are: no run has done so before. */
  comparedSince?: string
  lanes: Lane[]
}

/** How many records came to what. */
export type SegmentCounts = {
  evaluated: number
  fixed: number
  skipped: number
  refused: number
  poisoned: number
  checked: number
  stale: number
  /** Sum of the scores before the fixes and records scored, for the mean. */
  scored: number
  scoreBefore: number
}

/** Where a segment lies in its lane, and what it and all before it came to. `to`: sort key of its last record. */
export type SegmentHead = {
  number: number
  to: string
  isLast: boolean
  counts: SegmentCounts
  total: SegmentCounts
}

/** A record about which its surroundings told something new. */
export type NewFacts = { id: string; version: number; checked: Checked }

/** Ids of records that are due to be verified, of those changed since all were compared, and what is to be noted of some. */
export type SegmentLists = { stale: string[]; changed: string[]; facts: NewFacts[] }

/** A segment: what its records came to. Kept before its fixes are written, as what is to be done, and again when it is done. */
export type Segment = {
  head: SegmentHead
  summary: QualitySummary
  lists: SegmentLists
  items: ReportItem[]
}

/** Steps that are no map, each with a file of what it came to. */
export type PartName = 'duplicates' | 'refresh'

/** Where the files of a run are. */
export const runFiles = {
  plan: (id: string) => `cleanup/${id}/plan.json`,
  intents: (id: string, lane: Lane) => `cleanup/${id}/intents/${laneName(lane)}/`,
  results: (id: string, lane: Lane) => `cleanup/${id}/results/${laneName(lane)}/`,
  part: (id: string, part: PartName) => `cleanup/${id}/${part}.ndjson`,
  purgePages: (id: string, lane: Lane) => `cleanup/${id}/purges/${laneName(lane)}/`,
  purged: (id: string, lane: Lane) => `cleanup/${id}/purged/${laneName(lane)}/`,
  failures: (id: string) => `cleanup/${id}/failures/`,
  failure: (id: string, lane: Lane) => `cleanup/${id}/failures/${laneName(lane)}.json`,
  undone: (id: string) => `cleanup/${id}/undone/`,
  undoneTasks: (id: string) => `cleanup/${id}/undone-tasks.json`,
  report: (id: string, format: 'json' | 'csv') => `cleanup/${id}/report.${format}`,
}

/** The key of a numbered file; padded so that text order is number order. */
export function numbered(prefix: string, number: number): string {
  return `${prefix}${String(number).padStart(9, '0')}.ndjson`
}

/** A lane as part of a key. */
export function laneName({ object, shard }: Lane): string {
  return `${object}-${String(shard).padStart(4, '0')}`
}

/**
 * The plan of a run.
 * @throws CrmError not_found before the run has been planned.
 */
export async function readPlan(files: Files, id: string): Promise<RunPlan> {
  return JSON.parse(await files.readText(runFiles.plan(id)))
}

/** Keeps a segment unless somebody has kept it before; whoever comes second goes by what the first has kept. */
export async function keepSegment(files: Files, key: string, segment: Segment): Promise<boolean> {
  return files.writeNew(key, segmentText(segment), { contentType: ndjsonType })
}

/** A segment that was kept. */
export async function readSegment(files: Files, key: string): Promise<Segment> {
  const [head = '', summary = '', lists = '', ...items] = (await files.readText(key)).trimEnd().split('\n')
  return {
    head: JSON.parse(head),
    summary: JSON.parse(summary),
    lists: JSON.parse(lists),
    items: items.map(line => JSON.parse(line)),
  }
}

/** Only the head of a segment. */
export async function readHead(files: Files, key: string): Promise<SegmentHead> {
  return JSON.parse(await firstLine(files, key))
}

/** The first line of a file, of at most 4 KB. */
export async function firstLine(files: Files, key: string): Promise<string> {
  const pieces: Uint8Array[] = []
  for await (const piece of files.read(key, { start: 0, end: 4_095 })) pieces.push(piece)
  const [line = ''] = Buffer.concat(pieces).toString().split('\n')
  return line
}

/** The key of the last file under a prefix. */
export async function lastKey(files: Files, prefix: string): Promise<string | undefined> {
  let last: string | undefined
  for await (const { key } of files.list(prefix)) last = key
  return last
}

/** No records. */
export function noCounts(): SegmentCounts {
  return {
    evaluated: 0,
    fixed: 0,
    skipped: 0,
    refused: 0,
    poisoned: 0,
    checked: 0,
    stale: 0,
    scored: 0,
    scoreBefore: 0,
  }
}

/** Both together. */
export function addCounts(a: SegmentCounts, b: SegmentCounts): SegmentCounts {
  return {
    evaluated: a.evaluated + b.evaluated,
    fixed: a.fixed + b.fixed,
    skipped: a.skipped + b.skipped,
    refused: a.refused + b.refused,
    poisoned: a.poisoned + b.poisoned,
    checked: a.checked + b.checked,
    stale: a.stale + b.stale,
    scored: a.scored + b.scored,
    scoreBefore: a.scoreBefore + b.scoreBefore,
  }
}

/** What the files of lines are. */
export const ndjsonType = 'application/x-ndjson'

function segmentText({ head, summary, lists, items }: Segment): string {
  return [head, summary, lists, ...items].map(value => `${JSON.stringify(value)}\n`).join('')
}
