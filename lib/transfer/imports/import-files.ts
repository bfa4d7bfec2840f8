import type { Files } from '#lib/runtime/files.ts'
import type { CsvRow } from '#lib/transfer/csv/read-csv.ts'

/** How many rows came to what. */
export type Tally = { created: number; updated: number; skipped: number; rejected: number }

/** Why a row was not taken, or left alone; `column` is the header it stands under. */
export type RowReason = { column?: string; field?: string; code: string; detail: string }

/** What became of a row; `id` and `version` say which record, and the version this row made. */
export type RowOutcome = {
  row: number
  outcome: keyof Tally
  id?: string
  version?: number
  reasons?: RowReason[]
}

/** What a segment came to: figures for the report, then the outcome of each row. */
export type SegmentResult = {
  filled: Record<string, number>
  invalidPhones: number
  duplicates: number
  outcomes: RowOutcome[]
}

/** What a file was split into. */
export type Manifest = { rows: number; segments: number }

/** Where the files of an import are. */
export const importFiles = {
  upload: ({ id, fileOf = id }: { id: string; fileOf?: string | undefined }) => `imports/${fileOf}/file`,
  manifest: (id: string) => `imports/${id}/manifest.json`,
  segment: (id: string, segment: number) => `imports/${id}/segments/${padded(segment)}.ndjson`,
  results: (id: string) => `imports/${id}/results/`,
  resultsOf: (id: string, segment: number) => `imports/${id}/results/${padded(segment)}-`,
  targets: (id: string, segment: number) => `imports/${id}/targets/${padded(segment)}-`,
  failure: (id: string) => `imports/${id}/failure.json`,
  rejects: (id: string) => `imports/${id}/rejects.csv`,
  undone: (id: string) => `imports/${id}/undone/`,
  undoneOf: (id: string, segment: number) => `imports/${id}/undone/${padded(segment)}-`,
}

/**
 * Keeps what a segment came to. The name of the file tells the counts, so that progress costs one listing and adds up by
 * itself: a count is never kept, and never added to.
 */
export async function writeResult(
  files: Files,
  place: { id: string; segment: number },
  result: SegmentResult,
): Promise<void> {
  const { outcomes, ...figures } = result
  const { created, updated, skipped, rejected } = tallyOf(outcomes)
  const key = `${importFiles.resultsOf(place.id, place.segment)}${[created, updated, skipped, rejected].join('-')}.ndjson`
  await files.write(key, ndjson([figures, ...outcomes]), { contentType: 'application/x-ndjson' })
}

/** What a segment came to; undefined while it has not been done. */
export async function readResult(
  files: Files,
  place: { id: string; segment: number },
): Promise<SegmentResult | undefined> {
  for await (const { key } of files.list(importFiles.resultsOf(place.id, place.segment))) {
    const [figures = '{}', ...outcomes] = (await files.readText(key)).trimEnd().split('\n')
    return { ...JSON.parse(figures), outcomes: outcomes.map(line => JSON.parse(line)) }
  }
  return undefined
}

/** What the file was split into; nothing when it was not. */
export async function readManifest(files: Files, id: string): Promise<Manifest> {
  const isThere = (await files.head(importFiles.manifest(id))) !== undefined
  return isThere ? JSON.parse(await files.readText(importFiles.manifest(id))) : { rows: 0, segments: 0 }
}

/** Whether a segment has been done. */
export async function hasResult(files: Files, place: { id: string; segment: number }): Promise<boolean> {
  for await (const _ of files.list(importFiles.resultsOf(place.id, place.segment))) return true
  return false
}

/** What all segments done so far came to, and how many they are. */
export async function readTallies(files: Files, id: string): Promise<{ done: number; tally: Tally }> {
  const bySegment = new Map<string, number[]>()
  const prefix = importFiles.results(id)
  for await (const { key } of files.list(prefix)) {
    const [segment = '', ...counts] = key.slice(prefix.length, -'.ndjson'.length).split('-')
    if (!bySegment.has(segment)) bySegment.set(segment, counts.map(Number))
  }
  const tally: Tally = { created: 0, updated: 0, skipped: 0, rejected: 0 }
  for (const [created = 0, updated = 0, skipped = 0, rejected = 0] of bySegment.values()) {
    tally.created += created
    tally.updated += updated
    tally.skipped += skipped
    tally.rejected += rejected
  }
  return { done: bySegment.size, tally }
}

/** The rows of a segment. */
export async function readSegment(files: Files, place: { id: string; segment: number }): Promise<CsvRow[]> {
  const text = await files.readText(importFiles.segment(place.id, place.segment))
  return text === ''
    ? []
    : text
        .trimEnd()
        .split('\n')
        .map((line): CsvRow => JSON.parse(line))
}

/** A line of JSON each. */
export function ndjson(values: readonly unknown[]): string {
  return values.map(value => `${JSON.stringify(value)}\n`).join('')
}

function tallyOf(outcomes: readonly RowOutcome[]): Tally {
  const tally: Tally = { created: 0, updated: 0, skipped: 0, rejected: 0 }
  for (const { outcome } of outcomes) tally[outcome] += 1
  return tally
}

/** Wide enough for the order of the keys to be that of the segments, up to a billion rows. */
function padded(segment: number): string {
  return String(segment).padStart(7, '0')
}
