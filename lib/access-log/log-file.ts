import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { promisify } from 'node:util'
import { createGunzip, gunzip } from 'node:zlib'
import * as z from 'zod'
import { sha256Hex, toSecond } from '#lib/access-log/digest.ts'

/** What a log file holds, whoever reads it. */
export type LogFileContent = { sha256: string; events: number; bytes: number }

/** When the events of a log file happened; null where it has none. */
export type EventTimes = { oldest: string | null; newest: string | null }

const unpack = promisify(gunzip)
const chunkSize = 256 * 1024
/** 64 MB: CloudTrail's files have 50 at most; what is larger is read piece by piece. */
const mostAtOnce = 64_000_000
/** Each record has one. Within the texts of a record quotes are escaped, so nothing else reads like it. */
const eventMark = '"eventID":'

/** Decompresses a log file and sums it up; undefined when it is no gzip. Holds one file of usual size at most. */
export async function inspectLogFile(packed: Uint8Array): Promise<LogFileContent | undefined> {
  try {
    const content = await unpack(packed, { chunkSize, maxOutputLength: mostAtOnce })
    return { sha256: sha256Hex(content), events: countIn(content), bytes: content.length }
  } catch (error) {
    if (isTooLarge(error)) return inspectByPieces(packed)
    return badGzip(error)
  }
}

/** What a log file holds and when it happened; undefined when it is no gzip. */
export async function readEventTimes(packed: Uint8Array): Promise<(LogFileContent & EventTimes) | undefined> {
  const content = await unpack(packed, { chunkSize }).catch(badGzip)
  if (!content) return undefined
  const inspected = { sha256: sha256Hex(content), events: countIn(content), bytes: content.length }
  return { ...inspected, ...timesIn(content) }
}

async function inspectByPieces(packed: Uint8Array): Promise<LogFileContent | undefined> {
  const hash = createHash('sha256')
  const sums = { events: 0, bytes: 0 }
  let tail = Buffer.alloc(0)
  try {
    await pipeline(Readable.from([packed]), createGunzip({ chunkSize }), async pieces => {
      for await (const piece of pieces) {
        const seen = Buffer.concat([tail, piece])
        sums.events += countIn(seen)
        sums.bytes += piece.length
        hash.update(piece)
        // Too short for a whole mark, so none is counted twice.
        tail = seen.subarray(Math.max(0, seen.length - eventMark.length + 1))
      }
    })
  } catch (error) {
    return badGzip(error)
  }
  return { sha256: hash.digest('hex'), ...sums }
}

function countIn(content: Buffer): number {
  let count = 0
  for (let at = content.indexOf(eventMark); at !== -1; at = content.indexOf(eventMark, at + eventMark.length))
    count += 1
  return count
}

const records = z.object({ Records: z.array(z.object({ eventTime: z.iso.datetime() })) })

/** A file that is no list of records has no times; its bytes are vouched for all the same. */
function timesIn(content: Buffer): EventTimes {
  const parsed = records.safeParse(jsonOf(content))
  const times = (parsed.data?.Records ?? []).map(({ eventTime }) => Date.parse(eventTime))
  if (times.length === 0) return { oldest: null, newest: null }
  const [oldest, newest] = times.reduce<[number, number]>(
    ([least, most], time) => [Math.min(least, time), Math.max(most, time)],
    [Infinity, -Infinity],
  )
  return { oldest: toSecond(new Date(oldest)), newest: toSecond(new Date(newest)) }
}

function jsonOf(content: Buffer): unknown {
  try {
    return JSON.parse(content.toString())
  } catch {
    return undefined
  }
}

function isTooLarge(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE'
}

function badGzip(error: unknown): undefined {
  if (error instanceof Error && 'code' in error && String(error.code).startsWith('Z_')) return undefined
  throw error
}
