import * as z from 'zod'
import { type Database, openDatabase } from '../../engines/database.ts'
import { streamRetentionMs } from '../sidecar.ts'

/** A moment that the state of the tables is known of: the stream's rows up to `position` were written, no later one. */
export type Moment = { atMs: number; position: number }

/** Knows which rows of the stream had been written when: the engine itself notes only the second of each. */
export type Moments = {
  /** This very moment; it is kept, so that asking for its time again gives the same one. */
  now(): Moment
  /** The last known moment at or before a time; undefined for a time before the first, or one too long ago. */
  at(timeMs: number): Moment | undefined
  stop(): void
}

/** 20 ms: how often the file is asked; a question takes microseconds. */
const lookIntervalMs = 20

/** 100 ms between two kept moments while there are writes: 20 MB a day at the most. */
const keptIntervalMs = 100

/** A minute less than the stream's rows are kept: time for a thread to begin to read them. */
export const recoverableMs = streamRetentionMs - 60_000

/** One in 10,000 looks, some three minutes apart, drops what is too old. */
const looksBetweenForgetting = 10_000

const momentRow = z.object({
  atMs: z.number(),
  /** Until then the moment before it held. */
  quietMs: z.number(),
  position: z.number(),
})

/** Follows the engine's file, and keeps what it finds in `database`. */
export function openMoments(database: Database, engineFile: string): Moments {
  const engine = openDatabase(engineFile, 'PRAGMA query_only = ON')
  const store = openStore(database)
  const newestRow = engine.select(
    z.object({ seq: z.number() }),
    "SELECT seq FROM sqlite_sequence WHERE name = '_stream_records'",
  )
  const positionNow = () => newestRow.one()?.seq ?? 0
  /** When a look last found nothing newer than the newest moment. */
  let quietMs = store.newest()?.atMs ?? 0
  const keep = ({ atMs, position }: Moment): Moment => {
    // Two moments of one millisecond would be one: the later is told as of the next.
    const kept = { atMs: Math.max(atMs, (store.newest()?.atMs ?? 0) + 1), position }
    store.add(kept.atMs, quietMs, position)
    quietMs = kept.atMs
    return kept
  }
  const look = () => {
    const atMs = Date.now()
    const position = positionNow()
    const last = store.newest()
    if (last?.position === position) quietMs = Math.max(quietMs, atMs)
    else if (last === undefined || atMs - last.atMs >= keptIntervalMs) keep(exactMoment(positionNow))
  }
  keep(exactMoment(positionNow))
  let looks = 0
  const timer = setInterval(() => {
    look()
    if (++looks % looksBetweenForgetting === 0) store.forget(Date.now() - recoverableMs)
  }, lookIntervalMs)
  return {
    now: () => keep(exactMoment(positionNow)),
    at: timeMs => {
      look()
      const found = timeMs < Date.now() - recoverableMs ? undefined : store.before(timeMs)
      if (found === undefined) return undefined
      // Nothing was written between it and the last look that found no newer row.
      const untilMs = store.after(timeMs)?.quietMs ?? quietMs
      return { atMs: Math.max(found.atMs, Math.min(timeMs, untilMs)), position: found.position }
    },
    stop: () => {
      clearInterval(timer)
      engine.close()
    },
  }
}

function openStore(database: Database) {
  return {
    newest: database.select(momentRow, 'SELECT * FROM moment ORDER BY atMs DESC LIMIT 1').one,
    before: database.select(momentRow, 'SELECT * FROM moment WHERE atMs <= ? ORDER BY atMs DESC LIMIT 1').one,
    after: database.select(momentRow, 'SELECT * FROM moment WHERE atMs > ? ORDER BY atMs LIMIT 1').one,
    add: database.change('INSERT INTO moment VALUES (?, ?, ?)'),
    /** The last one before stays: it tells the state at that time. */
    forget: database.change('DELETE FROM moment WHERE atMs < (SELECT MAX(atMs) FROM moment WHERE atMs <= ?)'),
  }
}

/** Reads within one millisecond of the clock, so that the time is not before nor after what was read. */
function exactMoment(positionNow: () => number): Moment {
  for (;;) {
    const atMs = Date.now()
    const position = positionNow()
    if (Date.now() === atMs) return { atMs, position }
  }
}
