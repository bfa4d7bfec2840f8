import { gunzipSync } from 'node:zlib'
import { type DigestedFile, digest } from '#lib/access-log/digest.ts'
import { readEventTimes } from '#lib/access-log/log-file.ts'
import { digestKey, parseLogFileKey, type Trail, trailPrefix } from '#lib/access-log/log-keys.ts'
import type { TrailFile, TrailStore } from '#lib/access-log/trail-store.ts'
import { inParallel } from '#lib/runtime/in-parallel.ts'
import type { Logger } from '#lib/runtime/logger.ts'

const hourMs = 3_600_000
const dayMs = 24 * hourMs
/** SQS keeps a message 14 days at most: so old can the name of a file be that was written only now. */
const foldersBack = 15
/** S3 shows a file at once, but dates it by when it began to come; a day leaves no doubt. */
const lateMs = dayMs
/** 8 listings, or files of some megabytes, at a time. */
const atOnce = 8

type Hour = {
  /** Undefined in the first digest of a trail, which names whatever there is. */
  start: Date | undefined
  end: Date
}

/** The files that earlier digests have named; asked again for the next hour, it reads only what is new. */
export type Named = Map<string, Set<string>>

/**
 * The log files that the digest of an hour has to name: those that S3 took before the hour's end and that no digest before names,
 * so that one which landed late is in the next digest, and none in two.
 */
export async function gatherLogFiles(
  { store, trail, log }: { store: TrailStore; trail: Trail; log: Logger },
  hour: Hour,
  named: Named,
): Promise<DigestedFile[]> {
  const earlier = hour.start ? await namedBefore(store, trail, { start: hour.start, named }) : new Set<string>()
  const files = (await candidates(store, trail, hour)).filter(({ key }) => !earlier.has(key))
  const described: DigestedFile[] = []
  await inParallel(files, atOnce, async ({ key }) => {
    const file = await describe(store, key)
    if (file) described.push(file)
    else log.error('A log file cannot be read: no digest names it, and verification will say so', { file: key })
  })
  return described.toSorted((a, b) => (a.s3Object < b.s3Object ? -1 : 1))
}

async function candidates(store: TrailStore, trail: Trail, { start, end }: Hour): Promise<TrailFile[]> {
  const found: TrailFile[] = []
  const since = start ? start.getTime() - lateMs : 0
  await inParallel(foldersOf(trail, { start, end }), atOnce, async prefix => {
    for await (const file of store.list(prefix)) {
      const { key, modifiedAt = new Date(0) } = file
      if (!parseLogFileKey(key) || modifiedAt >= end || modifiedAt.getTime() < since) continue
      found.push(file)
    }
  })
  return found
}

function foldersOf(trail: Trail, { start, end }: Hour): string[] {
  if (!start) return [trailPrefix('logs', trail)]
  const first = start.getTime() - foldersBack * dayMs
  const days = Math.ceil((end.getTime() - first) / dayMs)
  // Two clocks that differ a little may put a file into the folder of the next day.
  const folders = Array.from({ length: days + 2 }, (_, day) =>
    trailPrefix('logs', trail, new Date(first + day * dayMs)),
  )
  return [...new Set(folders)]
}

/** A file that S3 took in the last day before an hour may be named by any digest that ended since. */
async function namedBefore(
  store: TrailStore,
  trail: Trail,
  { start, named }: { start: Date; named: Named },
): Promise<ReadonlySet<string>> {
  const hours = Array.from({ length: lateMs / hourMs }, (_, back) => new Date(start.getTime() - back * hourMs))
  const keys = hours.map(end => digestKey(trail, end))
  for (const known of named.keys()) if (!keys.includes(known)) named.delete(known)
  await inParallel(
    keys.filter(key => !named.has(key)),
    atOnce,
    async key => {
      const stored = await store.read(key)
      if (stored) named.set(key, new Set(namesIn(stored.bytes)))
    },
  )
  return new Set([...named.values()].flatMap(names => [...names]))
}

function namesIn(packed: Uint8Array): string[] {
  return digest.parse(JSON.parse(gunzipSync(packed).toString())).logFiles.map(({ s3Object }) => s3Object)
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
