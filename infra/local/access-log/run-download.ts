import { createPublicKey } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { anchorPrefix, parseAnchorKey } from '#lib/access-log/anchor.ts'
import { parseDigestKey, parseLogFileKey, trailPrefix } from '#lib/access-log/log-keys.ts'
import { fingerprintOf } from '#lib/access-log/public-keys.ts'
import { readDigest } from '#lib/access-log/read-digest.ts'
import type { TrailFile } from '#lib/access-log/trail-store.ts'
import { inParallel } from '#lib/runtime/in-parallel.ts'
import { createProgress } from '../progress-bar.ts'
import { copyFolders, readme } from './copy-layout.ts'
import { openRunningTrail, type RunningTrail } from './running-trail.ts'
import { metadataEnding } from './trail-folder.ts'

type Range = { from?: Date; to?: Date }

const hourMs = 3_600_000
/** 8 files at a time. */
const atOnce = 8

/** Copies log files, digests with their metadata, anchors and public keys of the running CRM into a folder, for `verify --dir`. */
export async function runDownload(dir: string, range: Range): Promise<void> {
  if (existsSync(dir) && readdirSync(dir).length > 0)
    throw new Error(`${dir} is not empty: a copy goes into a folder of its own, so that it holds nothing else.`)
  const running = await openRunningTrail()
  const digests = await copyDigests(running, dir, range)
  const { copied, pending } = await copyLogFiles(running, { dir, range, digests })
  const anchors = await copyAnchors(running, dir, range)
  const fingerprints = [...new Set([...digests.fingerprints, ...copyPublicKeys(running, dir)])]
  write(join(dir, 'README.txt'), Buffer.from(readme(running.store.bucket, fingerprints.join(', '))))
  console.log(`${digests.count} digests, ${copied} log files and ${anchors} anchors are in ${dir}`)
  console.log(`  ${pending} newer log files are in no digest yet and were left out: the next hour has them`)
  console.log(`  signed with ${fingerprints.join(', ')}: hold it against the daily mail`)
  console.log(`  check it without the CRM: npm run access-log -- verify --dir ${dir}`)
}

type Digests = { count: number; newestMs: number; named: Set<string>; fingerprints: Set<string> }

async function copyDigests({ store, trail, publicKeys }: RunningTrail, dir: string, range: Range): Promise<Digests> {
  const digests: Digests = { count: 0, newestMs: 0, named: new Set(), fingerprints: new Set() }
  for await (const { key, modifiedAt } of store.list(trailPrefix('digests', trail))) {
    const endMs = parseDigestKey(key)?.endTime.getTime() ?? 0
    // Written after its hour, except where somebody moved the clock: what landed since cannot be in it.
    digests.newestMs = Math.max(digests.newestMs, Math.min(endMs, modifiedAt?.getTime() ?? endMs))
    if (range.from && endMs < range.from.getTime()) continue
    if (range.to && endMs >= range.to.getTime() + hourMs) continue
    const stored = await store.read(key)
    if (!stored) continue
    write(join(dir, store.bucket, key), stored.bytes)
    write(join(dir, store.bucket, key) + metadataEnding, Buffer.from(JSON.stringify(stored.metadata)))
    const read = readDigest(key, stored, { bucket: store.bucket, publicKeys })
    digests.count += 1
    if ('kind' in read) continue
    digests.fingerprints.add(read.digest.digestPublicKeyFingerprint)
    for (const { s3Object } of read.digest.logFiles) digests.named.add(s3Object)
  }
  return digests
}

/** Those that the digests name, and those that should not be there: the auditor has to see them. Not what waits for its digest. */
async function copyLogFiles(
  { store, trail }: RunningTrail,
  { dir, range, digests }: { dir: string; range: Range; digests: Digests },
): Promise<{ copied: number; pending: number }> {
  const wanted: string[] = []
  let pending = 0
  for await (const file of store.list(trailPrefix('logs', trail))) {
    if (digests.named.has(file.key)) wanted.push(file.key)
    else if ((file.modifiedAt?.getTime() ?? 0) >= digests.newestMs) pending += 1
    else if (isWithin(file, range)) wanted.push(file.key)
  }
  const progress = createProgress('Copying log files')
  let copied = 0
  await inParallel(wanted, atOnce, async key => {
    const stored = await store.read(key)
    if (stored) write(join(dir, store.bucket, key), stored.bytes)
    copied += 1
    progress.show(copied / wanted.length, `${copied} of ${wanted.length}`)
  })
  progress.end()
  return { copied, pending }
}

/** Unnamed files of a part are only those delivered well within it: at its ends, digests outside name some. */
function isWithin({ key }: TrailFile, { from, to }: Range): boolean {
  const deliveredAt = parseLogFileKey(key)?.deliveredAt
  if (!deliveredAt) return !from && !to
  if (from && deliveredAt < from) return false
  return !(to && deliveredAt >= to)
}

async function copyAnchors({ anchors, trail }: RunningTrail, dir: string, { from, to }: Range): Promise<number> {
  let count = 0
  for await (const { key } of anchors.list(anchorPrefix(trail))) {
    const endTime = parseAnchorKey(key)?.endTime
    if (!endTime || (from && endTime < from) || (to && endTime.getTime() >= to.getTime() + hourMs)) continue
    const stored = await anchors.read(key)
    if (!stored) continue
    write(join(dir, copyFolders.anchors, key), stored.bytes)
    count += 1
  }
  return count
}

function copyPublicKeys({ publicKeyPems }: RunningTrail, dir: string): string[] {
  return publicKeyPems.map(pem => {
    const fingerprint = fingerprintOf(createPublicKey(pem))
    write(join(dir, copyFolders.publicKeys, `${fingerprint}.pem`), Buffer.from(pem))
    return fingerprint
  })
}

function write(file: string, bytes: Uint8Array): void {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, bytes, { flag: 'wx' })
}
