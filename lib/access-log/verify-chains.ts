import { trailPrefix } from '#lib/access-log/log-keys.ts'
import { type ReadDigest, readDigest } from '#lib/access-log/read-digest.ts'
import { createRollCall, type RollCall } from '#lib/access-log/roll-call.ts'
import type { ListedDigest, ListedTrail } from '#lib/access-log/survey-trail.ts'
import type { TrailSource } from '#lib/access-log/trail-store.ts'
import type { Tally } from '#lib/access-log/verification.ts'
import { type Before, verifyLink } from '#lib/access-log/verify-link.ts'
import { verifyLogFiles } from '#lib/access-log/verify-log-files.ts'
import { verifyEnd, verifyRollCall } from '#lib/access-log/verify-roll-call.ts'
import type { VerifyOptions } from '#lib/access-log/verify-trail.ts'

/** What checking works with. `hashes` gathers those of all digests. */
export type Check = { source: TrailSource; tally: Tally; options: VerifyOptions; hashes: Set<string> }

const hourMs = 3_600_000

/** Checks the digests of one account and region, and all log files there. */
export async function verifyChains(check: Check, listed: ListedTrail): Promise<void> {
  const { source, tally, options } = check
  const { from, to } = options
  const prefix = trailPrefix('logs', listed)
  const after = from && trailPrefix('logs', listed, from)
  const rollCall = createRollCall(source.list(prefix, after), { ...(from && { from }), ...(to && { to }) })
  for (const chain of listed.chains.values()) await verifyChain(check, { chain, rollCall })
  await verifyRollCall(check, { listed, rollCall })
  for (const chain of listed.chains.values()) verifyEnd(tally, options, chain)
}

async function verifyChain(check: Check, { chain, rollCall }: { chain: ListedDigest[]; rollCall: RollCall }) {
  const { tally, options } = check
  const selected = chain.filter(({ endTime }) => isWithin(endTime, options))
  const first = selected[0] ? chain.indexOf(selected[0]) : 0
  const listed = new Set(chain.map(({ key }) => key))
  let before = await readBefore(check, chain[first - 1])
  for (const [index, { key, endTime }] of selected.entries()) {
    if (index > 0 && options.mayGoOn?.() === false) {
      tally.isFinished = false
      return
    }
    await rollCall.readTo(endTime)
    const read = await verifyDigest(check, key)
    if (read) for (const finding of verifyLink(read, before, name => listed.has(name))) tally.add(finding)
    if (read) await verifyFiles(check, read, rollCall)
    before = { key, read }
    const { events, found } = tally
    options.onProgress?.({ digests: index + 1, ofDigests: selected.length, events, found })
  }
}

function isWithin(endTime: Date, { from, to }: VerifyOptions): boolean {
  if (from && endTime <= from) return false
  return !(to && endTime.getTime() - hourMs >= to.getTime())
}

/** The digest before the first that is asked for: it is only there for the first to be held against. */
async function readBefore({ source, options }: Check, listed: ListedDigest | undefined): Promise<Before> {
  if (!listed) return 'none'
  const stored = await source.read(listed.key)
  const read = stored && readDigest(listed.key, stored, { bucket: source.bucket, publicKeys: options.publicKeys })
  return { key: listed.key, read: read && 'digest' in read ? read : undefined }
}

async function verifyDigest({ source, tally, options, hashes }: Check, key: string): Promise<ReadDigest | undefined> {
  tally.digests += 1
  const stored = await source.read(key)
  if (!stored) {
    tally.add({ file: key, kind: 'digestMissing', what: 'went missing while it was checked' })
    return undefined
  }
  const read = readDigest(key, stored, { bucket: source.bucket, publicKeys: options.publicKeys })
  if ('kind' in read) {
    tally.add(read)
    return undefined
  }
  for (const finding of read.findings) tally.add(finding)
  if (read.findings.length === 0) tally.intactDigests += 1
  hashes.add(read.sha256)
  return read
}

async function verifyFiles(check: Check, { digest, findings }: ReadDigest, rollCall: RollCall): Promise<void> {
  const { tally } = check
  for (const { s3Object } of digest.logFiles) rollCall.name(s3Object)
  await verifyLogFiles(check, { files: digest.logFiles, isSigned: findings.length === 0 })
  const { digestStartTime, digestEndTime, digestPublicKeyFingerprint } = digest
  tally.from = tally.from === null || digestStartTime < tally.from ? digestStartTime : tally.from
  tally.to = tally.to === null || digestEndTime > tally.to ? digestEndTime : tally.to
  if (!tally.fingerprints.includes(digestPublicKeyFingerprint)) tally.fingerprints.push(digestPublicKeyFingerprint)
}
