import { findNewest } from '#lib/access-log/find-newest.ts'
import { gatherLogFiles, type LogFiles } from '#lib/access-log/gather-log-files.ts'
import { keepAnchor, readNewestAnchor } from '#lib/access-log/keep-anchor.ts'
import { parseDigestKey, type Trail, trailName, trailPrefix } from '#lib/access-log/log-keys.ts'
import { type ChainedDigest, type DigestSigner, makeDigest } from '#lib/access-log/make-digest.ts'
import type { PublicKeys } from '#lib/access-log/public-keys.ts'
import { readDigest } from '#lib/access-log/read-digest.ts'
import type { TrailStore } from '#lib/access-log/trail-store.ts'
import type { Logger } from '#lib/runtime/logger.ts'
import { isPassing } from '#lib/runtime/outage.ts'

/** What digests are written with. */
export type DigestTools = {
  trail: Trail
  store: TrailStore
  /** Where anchors are kept: a locked bucket of the second region. */
  anchors: TrailStore
  signer: DigestSigner
  publicKeyPem: string
  /** Of all keys that digests were ever signed with. */
  publicKeys: PublicKeys
  log: Logger
}

/** What writing came to. `isDone` is false when time ran out before all hours had their digest. */
export type WrittenDigests = { written: string[]; newest: string | undefined; isDone: boolean }

const hourMs = 3_600_000

/**
 * Writes the digest of every full hour up to a time that has none yet, in order. May be killed at any point, run twice at once or
 * hours late: a digest is one conditional put, made of the one before, so there is one chain. It does not go on from a digest
 * that is not what was signed, nor from one that was anchored and is gone: both have to be looked into first.
 * @throws CrmError `unavailable`, when trying again is safe; Error when the chain was tampered with.
 */
export async function writeDigests(
  tools: DigestTools,
  { until, mayGoOn }: { until: Date; mayGoOn: () => boolean },
): Promise<WrittenDigests> {
  const last = floorHour(until)
  const written: string[] = []
  let newest = await newestDigest(tools, until)
  await refuseCutOff(tools, { until, newest })
  let files: LogFiles | undefined
  let end = newest ? new Date(endMsOf(newest) + hourMs) : last
  for (; end <= last && mayGoOn(); end = new Date(end.getTime() + hourMs)) {
    files ??= await gatherLogFiles(tools, { since: newest && new Date(endMsOf(newest)), before: last })
    const { isOwn, ...made } = await writeDigest(tools, { end, previous: newest, files })
    if (isOwn) written.push(made.key)
    // Another run's may name other files: what is left is looked up anew.
    else files = undefined
    newest = made
  }
  if (newest) await anchorNewest(tools, newest, until)
  return { written, newest: newest?.key, isDone: end > last }
}

/** The digest of an hour, which another run may have written in the meantime. */
async function writeDigest(
  tools: DigestTools,
  { end, previous, files }: { end: Date; previous: ChainedDigest | undefined; files: LogFiles },
): Promise<ChainedDigest & { isOwn: boolean }> {
  const { trail, store, signer } = tools
  const logFiles = await files.takeUntil(end)
  const start = new Date(previous ? endMsOf(previous) : end.getTime() - hourMs)
  const input = { trail, bucket: store.bucket, start, end, logFiles, previous }
  const { file, ...made } = await makeDigest(input, signer)
  if (await store.writeNew(made.key, file, 'application/json')) return { ...made, isOwn: true }
  return { ...(await readOwn(tools, made.key)), isOwn: false }
}

async function newestDigest(tools: DigestTools, until: Date): Promise<ChainedDigest | undefined> {
  const { store, trail } = tools
  const key = await findNewest(store, {
    at: until,
    prefixOf: day => trailPrefix('digests', trail, day),
    isWanted: candidate => parseDigestKey(candidate)?.trailName === trailName,
  })
  return key === undefined ? undefined : readOwn(tools, key)
}

async function readOwn({ store, publicKeys }: DigestTools, key: string): Promise<ChainedDigest> {
  const stored = await store.read(key)
  if (!stored) throw new Error(`The digest ${key} went missing. ${remedy}`)
  const read = readDigest(key, stored, { bucket: store.bucket, publicKeys })
  if ('kind' in read) throw new Error(`The digest ${key} ${read.what}. ${remedy}`)
  const [finding] = read.findings
  if (finding) throw new Error(`The digest ${key} ${finding.what}. ${remedy}`)
  return read
}

const remedy = 'No digest is written until it is restored: see docs/runbook.md#function-write-digest-fails.'

/** What was anchored outside must still be here: going on from an older digest would sign away the hours that were cut off. */
async function refuseCutOff(
  { anchors, trail, log }: DigestTools,
  { until, newest }: { until: Date; newest: ChainedDigest | undefined },
): Promise<void> {
  try {
    const anchor = await readNewestAnchor(anchors, trail, until)
    if (!anchor) return
    const isThere = newest && newest.digest.digestEndTime >= anchor.digestEndTime
    if (!isThere) throw new Error(`The digest ${anchor.digestS3Object} was anchored and is gone. ${remedy}`)
    const isSame = newest.key !== anchor.digestS3Object || newest.sha256 === anchor.hashValue
    if (!isSame) throw new Error(`The digest ${newest.key} is not the one that was anchored. ${remedy}`)
  } catch (error) {
    // The chain goes on while the second region does not answer; verification misses nothing by it.
    if (!isPassing(error)) throw error
    log.warn('The anchors of the second region cannot be read', { error })
  }
}

async function anchorNewest(tools: DigestTools, newest: ChainedDigest, at: Date): Promise<void> {
  try {
    await keepAnchor(tools, newest, at)
  } catch (error) {
    if (!isPassing(error)) throw error
    tools.log.warn('The newest digest could not be anchored in the second region; the next hour does it', { error })
  }
}

function endMsOf({ digest }: ChainedDigest): number {
  return Date.parse(digest.digestEndTime)
}

function floorHour(time: Date): Date {
  return new Date(Math.floor(time.getTime() / hourMs) * hourMs)
}
