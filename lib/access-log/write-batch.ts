import { randomBytes } from 'node:crypto'
import { gunzipSync, gzipSync } from 'node:zlib'
import * as z from 'zod'
import { accessItems, claimOf } from '#lib/access-log/index-items.ts'
import { logFileKey, type Trail } from '#lib/access-log/log-keys.ts'
import type { Clock } from '#lib/runtime/clock.ts'
import type { Files } from '#lib/runtime/files.ts'
import { claimAccesses, writeAccessItems } from '#lib/store/access-index.ts'
import type { Store } from '#lib/store/table.ts'
import { type AccessRecord, accessRecord } from '#schemas/events/access-recorded.ts'

/** What records are written with. */
export type LogTools = { store: Store; files: Files; trail: Trail; clock: Clock; indexDays: number }

/** What came of a delivery. */
export type Outcome = { again: Set<string>; files: WholeFile[] }
/** A log file with all that is in it, whoever made it. */
export type WholeFile = { file: string; records: readonly AccessRecord[] }

type Placed = { record: AccessRecord; file: string }

/**
 * Writes access records to log files and to the index, each to exactly one file however often and in whatever company it
 * is delivered. First every record is claimed for one file, on condition that it was not before; then the file is made,
 * unless it is there, and never changed. A record whose file exists without it (another delivery made the file of what it
 * had at hand) moves to a new one.
 * @returns ids of the events that are in no file yet, to be delivered again; and the files that records went to, whole.
 */
export async function writeAccessBatch(tools: LogTools, records: readonly AccessRecord[]): Promise<Outcome> {
  const distinct = [...new Map(records.map(record => [record.eventID, record])).values()].sort(byTime)
  const placed = await place(tools, distinct)
  const first = await writeFiles(tools, placed)
  const again = await moveOn(tools, first.missing)
  const done = [...first.written, ...again.written]
  await writeAccessItems(
    tools.store,
    done.flatMap(({ record, file }) => accessItems(record, file, tools.indexDays)),
  )
  const files = [...new Map([...first.files, ...again.files].map(each => [each.file, each])).values()]
  return { again: new Set(again.missing.map(({ record }) => record.eventID)), files }
}

async function place(tools: LogTools, records: readonly AccessRecord[]): Promise<Placed[]> {
  const own = newKey(tools)
  const claims = records.map(record => claimOf(record, own, tools.indexDays))
  const files = await claimAccesses(tools.store, claims)
  return records.map((record, i) => ({ record, file: files[i] ?? own }))
}

/** Moves records from files that exist without them to new ones. Whoever else moves the same one is first or second, never both. */
async function moveOn(tools: LogTools, placed: readonly Placed[]) {
  const written: Placed[] = []
  const missing: Placed[] = []
  const files: WholeFile[] = []
  for (const [from, group] of byFile(placed)) {
    const to = newKey(tools)
    const claims = group.map(({ record }) => claimOf(record, to, tools.indexDays))
    const places = await claimAccesses(tools.store, claims, from)
    const moved = group.map(({ record }, i) => ({ record, file: places[i] ?? to }))
    const outcome = await writeFiles(tools, moved)
    written.push(...outcome.written)
    missing.push(...outcome.missing)
    files.push(...outcome.files)
  }
  return { written, missing, files }
}

/** Makes the files that do not exist yet, and looks into those that do. */
async function writeFiles({ files }: LogTools, placed: readonly Placed[]) {
  const written: Placed[] = []
  const missing: Placed[] = []
  const whole: WholeFile[] = []
  for (const [key, group] of byFile(placed)) {
    const body = gzipSync(JSON.stringify({ Records: group.map(({ record }) => record) }))
    const isNew = await files.writeNew(key, body, { contentType: 'application/json' })
    const records = isNew ? group.map(({ record }) => record) : await recordsIn(files, key)
    const held = new Set(records.map(({ eventID }) => eventID))
    for (const each of group) (held.has(each.record.eventID) ? written : missing).push(each)
    whole.push({ file: key, records })
  }
  return { written, missing, files: whole }
}

const logFile = z.object({ Records: z.array(accessRecord) })

async function recordsIn(files: Files, key: string): Promise<AccessRecord[]> {
  const pieces: Uint8Array[] = []
  for await (const piece of files.read(key)) pieces.push(piece)
  return logFile.parse(JSON.parse(gunzipSync(Buffer.concat(pieces)).toString())).Records
}

function byFile(placed: readonly Placed[]): Map<string, Placed[]> {
  return Map.groupBy(placed, ({ file }) => file)
}

function newKey({ trail, clock }: LogTools): string {
  return logFileKey({ ...trail, deliveredAt: clock.now(), unique: randomBytes(8).toString('hex') })
}

function byTime(a: AccessRecord, b: AccessRecord): number {
  return a.additionalEventData.startedAt < b.additionalEventData.startedAt ? -1 : 1
}
