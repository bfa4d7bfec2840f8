import { compileObject } from '#lib/records/compile.ts'
import type { Context } from '#lib/runtime/context.ts'
import type { Files } from '#lib/runtime/files.ts'
import type { StoredRecord } from '#lib/store/items.ts'
import { readRecords } from '#lib/store/read.ts'
import type { CsvRow } from '#lib/transfer/csv/read-csv.ts'
import { type Finder, openFinder } from '#lib/transfer/imports/find-existing.ts'
import {
  type RowOutcome,
  readResult,
  readSegment,
  type SegmentResult,
  writeResult,
} from '#lib/transfer/imports/import-files.ts'
import type { StartedImport } from '#lib/transfer/imports/import-job.ts'
import { type KeyIndex, openKeyIndex } from '#lib/transfer/imports/key-index.ts'
import { type PreparedRow, prepareRow, type RowContext, rowId } from '#lib/transfer/imports/prepare-row.ts'
import { openReferences } from '#lib/transfer/imports/resolve-references.ts'
import { flushRows, type RowQueue, takeRow } from '#lib/transfer/imports/row-queue.ts'
import { isJsonObject } from '#schemas/json.ts'

/** 100 rows are worked out at a time: enough reads under way, little to hold. */
const atOnce = 100

/** What rows are compared with. A dry run keeps it from segment to segment, since nothing of it is in the table. */
export type SegmentMemory = { finder: Finder | undefined; claimed: KeyIndex | undefined }

/** The memory of a segment, or of the segments of a dry run. */
export function openMemory(ctx: Context, job: StartedImport): SegmentMemory {
  const object = compileObject(job.target, ctx.tenant)
  return {
    finder: job.onDuplicate === 'create' ? undefined : openFinder(ctx, object),
    claimed: job.isDryRun ? openKeyIndex(ctx, object) : undefined,
  }
}

/**
 * Imports the rows of one segment and keeps what became of each. Safe to run again after a kill: rows that were written
 * are found by their ids and count as what they were.
 */
export async function importSegment(
  ctx: Context,
  files: Files,
  { job, segment, memory }: { job: StartedImport; segment: number; memory: SegmentMemory },
): Promise<void> {
  const place = { id: job.id, segment }
  const lines = await readSegment(files, place)
  const rows = openRows(ctx, job)
  const own = await readOwn(ctx, job, lines)
  const queue: RowQueue = { rows, ...memory, own, files, segment, outcomes: [], pending: [] }
  const prepared: PreparedRow[] = []
  for await (const next of preparedRows(rows, lines)) {
    await memory.finder?.prefetch(next.flatMap(({ state }) => state ?? []))
    for (const row of next) await takeRow(queue, row)
    prepared.push(...next)
  }
  await flushRows(queue)
  await writeResult(files, place, summed(rows, prepared, queue.outcomes))
}

/** Takes in what a dry run has found out about a segment in an earlier try. */
export async function recallSegment(
  ctx: Context,
  files: Files,
  { job, segment, memory }: { job: StartedImport; segment: number; memory: SegmentMemory },
): Promise<void> {
  const place = { id: job.id, segment }
  const result = await readResult(files, place)
  const created = new Set(result?.outcomes.flatMap(({ row, outcome }) => (outcome === 'created' ? [row] : [])))
  const lines = (await readSegment(files, place)).filter(({ row }) => created.has(row))
  for await (const next of preparedRows(openRows(ctx, job), lines))
    for (const { state } of next)
      if (state) {
        memory.finder?.remember(state)
        memory.claimed?.add(state)
      }
}

function openRows(ctx: Context, job: StartedImport): RowContext {
  const object = compileObject(job.target, ctx.tenant)
  return { ctx, job, object, references: openReferences(ctx, object, job.system) }
}

async function* preparedRows(rows: RowContext, lines: readonly CsvRow[]): AsyncGenerator<PreparedRow[]> {
  for (let at = 0; at < lines.length; at += atOnce)
    yield await Promise.all(lines.slice(at, at + atOnce).map(line => prepareRow(rows, line)))
}

/** Records that an earlier run of this segment has made. */
async function readOwn(ctx: Context, job: StartedImport, lines: readonly CsvRow[]): Promise<Map<string, StoredRecord>> {
  if (job.isDryRun) return new Map()
  return readRecords(
    ctx.store,
    lines.map(({ row }) => rowId(job, row)),
  )
}

/** The figures that the report adds up. */
function summed(rows: RowContext, prepared: readonly PreparedRow[], outcomes: readonly RowOutcome[]): SegmentResult {
  const byRow = new Map(outcomes.map(outcome => [outcome.row, outcome]))
  const result: SegmentResult = { filled: {}, invalidPhones: 0, duplicates: 0, outcomes: [] }
  for (const { row, input, state } of prepared) {
    const outcome = byRow.get(row)
    if (!outcome) throw new Error(`Row ${row} of ${rows.job.id} has no outcome`)
    result.outcomes.push(outcome)
    const isDuplicate = outcome.outcome === 'updated' || outcome.outcome === 'skipped'
    if (isDuplicate) result.duplicates += 1
    if (outcome.outcome !== 'created' && outcome.outcome !== 'updated') continue
    for (const name of Object.keys(input)) result.filled[name] = (result.filled[name] ?? 0) + 1
    if (state && hasInvalidPhone(state)) result.invalidPhones += 1
  }
  return result
}

function hasInvalidPhone({ fields }: StoredRecord): boolean {
  const { phones } = fields
  return Array.isArray(phones) && phones.some(phone => isJsonObject(phone) && phone['status'] === 'invalid')
}
