import { gunzipSync } from 'node:zlib'
import { type DigestedFile, digest } from '#lib/access-log/digest.ts'
import { readEventTimes } from '#lib/access-log/log-file.ts'
import { digestKey, parseLogFileKey, type Trail, trailPrefix } from '#lib/access-log/log-keys.ts'
import type { TrailFile, TrailStore } from '#lib/access-log/trail-store.ts'
import { inParallel } from '#lib/runtime/in-parallel.ts'
import type { Logger } from '#lib/runtime/logger.ts'

type Tools = { store: TrailStore; trail: Trail; log: Logger }

/** The log files that no digest names yet, for one hour after the other. */
export type LogFiles = {
  /** Those that S3 took before an hour's end, described; asked for the next hour, it gives none of them again. */
  takeUntil(end: Date): Promise<DigestedFile[]>
}

const hourMs = 3_600_000
const dayMs = 24 * hourMs
/** SQS keeps a message 14 days at most: so old can the name of a file be that was written only now. */
const foldersBack = 15
/** S3 shows a file at once, but dates it by when it began to come; a day leaves no doubt. */
const lateMs = dayMs
/** 8 listings, or files of some megabytes, at a time. */
const atOnce = 8

/**
 * Looks up once what digests up to a time have to name: what S3 took before it and no digest before names, so that a file which
 * landed late is in the next digest, and none in two.
 */
export async function gatherLogFiles(
  tools: Tools,
  /** `since`: end of the newest digest; without one, all that there is belongs to the first. */
  { since, before }: { since: Date | undefined; before: Date },
): Promise<LogFiles> {
  const landed = await landedFiles(tools, { since, before })
  const named = since ? await namedBefore(tools, since) : new Set<string>()
  return {
    takeUntil: async end => {
      const due = landed.filter(({ key, modifiedAt = end }) => modifiedAt < end && !named.has(key))
      for (const { key } of due) named.add(key)
      return describeAll(tools, due)
    },
  }
}

async function landedFiles(
  { store, trail }: Tools,
  { since, before }: { since: Date | undefined; before: Date },
): Promise<TrailFile[]> {
  const found: TrailFile[] = []
  const earliest = since ? since.getTime() - lateMs : 0
  await inParallel(foldersOf(trail, { since, before }), atOnce, async prefix => {
    for await (const file of store.list(prefix)) {
      const { key, modifiedAt = new Date(0) } = file
      if (parseLogFileKey(key) && modifiedAt < before && modifiedAt.getTime() >= earliest) found.push(file)
    }
  })
  return found
}

function foldersOf(trail: Trail, { since, before }: { since: Date | undefined; before: Date }): string[] {
  if (!since) return [trailPrefix('logs', trail)]
  const first = since.getTime() - foldersBack * dayMs
  // A day more: two clocks that differ a little may put a file into the folder of the next one.
  const days = Math.ceil((before.getTime() - first) / dayMs) + 2
  return [...Array(days).keys()].map(day => trailPrefix('logs', trail, new Date(first + day * dayMs)))
}

/** A file that S3 took in the last day before a time may be named by any digest that ended since. */
async function namedBefore({ store, trail }: Tools, time: Date): Promise<Set<string>> {
  const named = new Set<string>()
  const ends = [...Array(lateMs / hourMs).keys()].map(back => new Date(time.getTime() - back * hourMs))
  await inParallel(ends, atOnce, async end => {
    const stored = await store.read(digestKey(trail, end))
    if (stored) for (const name of namesIn(stored.bytes)) named.add(name)
  })
  return named
}

function namesIn(packed: Uint8Array): string[] {
  return digest.parse(JSON.parse(gunzipSync(packed).toString())).logFiles.map(({ s3Object }) => s3Object)
}

async function describeAll({ store, log }: Tools, files: readonly TrailFile[]): Promise<DigestedFile[]> {
  const described: DigestedFile[] = []
  await inParallel(files, atOnce, async ({ key }) => {
    const file = await describe(store, key)
    if (file) described.push(file)
    else log.error('A log file cannot be read: no digest names it, and verification will say so', { file: key })
  })
  return described.toSorted((a, b) => (a.s3Object < b.s3Object ? -1 : 1))
}

async function describe(store: TrailStore, key: string): Promise<DigestedFile | undefined> {
  const stored = await store.read(key)
  const content = stored && (await readEventTimes(stored.bytes))
  if (!content) return undefined
  return {
    s3Bucket: store.bucket,
    s3Object: key,
    hashValue: content.sha256,
    hashAlgorithm: 'SHA-256',
    newestEventTime: content.newest,
    oldestEventTime: content.oldest,
  }
}
