import { gunzipSync, gzipSync } from 'node:zlib'
import { type Digest, digest, sha256Hex, stringToSign } from '#lib/access-log/digest.ts'
import { logFileKey, parseDigestKey, parseLogFileKey } from '#lib/access-log/log-keys.ts'
import type { StoredFile } from '#lib/access-log/trail-store.ts'
import type { Random } from '../bench/random.ts'
import { type LocalSigner, madeEvent, madeTrail } from '../support/made-trail.ts'

/** A copy of a trail that is being altered. */
export type Copy = { files: Map<string, StoredFile>; random: Random; stranger: LocalSigner }

/** Files that have to be named, and those that may be: what an altered digest says of others cannot be trusted. */
export type Altered = { named: string[]; mayBeNamed?: string[] }

/** The ways in which somebody who has no signing key may alter a trail, by name. */
export const alterations: Record<string, (copy: Copy) => Altered | Promise<Altered>> = {
  lineEdited: copy => editLog(copy, records => records.with(at(copy, records), edited(copy, records))),
  lineRemoved: copy => editLog(copy, records => records.toSpliced(at(copy, records), 1)),
  lineAdded: copy => {
    const added = madeEvent(copy.random, new Date('2026-03-01T12:00:00Z'))
    return editLog(copy, records => records.toSpliced(at(copy, records), 0, added))
  },
  logPackedAnew: copy => editLog(copy, () => [madeEvent(copy.random, new Date('2026-03-01T12:00:00Z'))]),
  logDropped: copy => {
    const key = copy.random.pick(logs(copy))
    copy.files.delete(key)
    return { named: [key] }
  },
  logsSwapped: copy => {
    const [one, other] = twoOf(copy.random, logs(copy))
    const [first, second] = [fileAt(copy, one), fileAt(copy, other)]
    copy.files.set(one, second).set(other, first)
    return { named: [one, other] }
  },
  logRenamed: copy => {
    const key = copy.random.pick(logs(copy))
    const to = key.replace(/[0-9a-f]{16}\.json/, `${unique(copy.random)}.json`)
    copy.files.set(to, fileAt(copy, key)).delete(key)
    return { named: [key, to] }
  },
  logAdded: copy => {
    const { deliveredAt } = parseLogFileKey(copy.random.pick(logs(copy))) ?? { deliveredAt: new Date() }
    const key = logFileKey({ ...madeTrail, deliveredAt, unique: unique(copy.random) })
    copy.files.set(key, { bytes: packed([madeEvent(copy.random, deliveredAt)]), metadata: {} })
    return { named: [key] }
  },
  logCut: copy => {
    const key = copy.random.pick(logs(copy))
    const { bytes } = fileAt(copy, key)
    copy.files.set(key, { bytes: bytes.subarray(0, 12 + copy.random.below(bytes.length - 20)), metadata: {} })
    return { named: [key] }
  },
  digestEdited: copy => {
    const key = copy.random.pick(digests(copy))
    const before = digestAt(copy, key)
    const edits = digestEdits.filter(edit => JSON.stringify(edit(before)) !== JSON.stringify(before))
    writeDigest(copy, key, copy.random.pick(edits)(before))
    return { named: [key], mayBeNamed: filesOf(before) }
  },
  digestDropped: copy => {
    // Not the newest: without an anchor nobody would see that; see hoursCutOff.
    const key = copy.random.pick(digests(copy).slice(0, -1))
    const mayBeNamed = filesOf(digestAt(copy, key))
    copy.files.delete(key)
    return { named: [key], mayBeNamed }
  },
  hoursCutOff: copy => {
    const all = digests(copy)
    const cut = all.slice(-1 - copy.random.below(all.length - 1))
    for (const key of cut) for (const name of [...filesOf(digestAt(copy, key)), key]) copy.files.delete(name)
    return { named: all.slice(-1) }
  },
  signatureEdited: copy => {
    const key = copy.random.pick(digests(copy))
    const { bytes, metadata } = fileAt(copy, key)
    copy.files.set(key, { bytes, metadata: copy.random.pick(metadataEdits)(metadata) })
    return { named: [key] }
  },
  previousHashEdited: copy => {
    const key = copy.random.pick(digests(copy).slice(1))
    const before = digestAt(copy, key)
    const member = copy.random.pick(['previousDigestHashValue', 'previousDigestSignature'] as const)
    writeDigest(copy, key, { ...before, [member]: flipped(before[member] ?? '') })
    return { named: [key], mayBeNamed: filesOf(before) }
  },
  chainMadeAnew: async copy => {
    const all = digests(copy)
    const first = copy.random.below(all.length)
    const dropped = filesOf(digestAt(copy, all[first] ?? ''))
    const isHonest = copy.random.next() < 0.5
    for (const [index, key] of all.entries())
      if (index >= first) await makeAnew(copy, key, { previous: all[index - 1], isEmptied: index === first, isHonest })
    return { named: all.slice(first), mayBeNamed: dropped }
  },
}

const digestEdits: ((before: Digest) => Digest)[] = [
  before => ({ ...before, logFiles: before.logFiles.slice(1) }),
  before => ({ ...before, logFiles: before.logFiles.map(file => ({ ...file, hashValue: flipped(file.hashValue) })) }),
  before => ({ ...before, logFiles: [...before.logFiles, ...before.logFiles.slice(0, 1)] }),
  before => ({ ...before, newestEventTime: '2026-03-09T00:00:00Z' }),
  before => ({ ...before, digestEndTime: before.digestStartTime }),
  before => ({ ...before, digestStartTime: '2026-02-28T23:00:00Z' }),
  before => ({ ...before, awsAccountId: '999999999999' }),
  before => ({ ...before, previousDigestS3Object: null }),
  before => ({ ...before, digestS3Object: before.digestS3Object.replace('_crm_', '_other_') }),
]

type Metadata = Readonly<Record<string, string>>
const metadataEdits: ((metadata: Metadata) => Metadata)[] = [
  metadata => ({ ...metadata, signature: flipped(metadata['signature'] ?? '') }),
  metadata => ({ ...metadata, signature: (metadata['signature'] ?? '').slice(2) }),
  metadata => ({ ...metadata, signature: (metadata['signature'] ?? '').toUpperCase() }),
  metadata => ({ ...metadata, signature: '' }),
  metadata => ({ ...metadata, 'signature-algorithm': 'MD5withRSA' }),
  ({ 'signature-algorithm': _, ...metadata }) => metadata,
]

/** As whoever has a key of their own would: hashes and chain fit again, only the signature is a stranger's. */
async function makeAnew(
  copy: Copy,
  key: string,
  { previous, isEmptied, isHonest }: { previous: string | undefined; isEmptied: boolean; isHonest: boolean },
): Promise<void> {
  const before = digestAt(copy, key)
  const { fingerprint, sign } = copy.stranger
  const chained = previous && {
    previousDigestHashValue: sha256Hex(gunzipSync(fileAt(copy, previous).bytes)),
    previousDigestSignature: fileAt(copy, previous).metadata['signature'] ?? '',
  }
  const forged = {
    ...{ ...before, ...chained },
    ...(isEmptied && { logFiles: [] }),
    ...(isHonest && { digestPublicKeyFingerprint: fingerprint }),
  }
  const content = Buffer.from(JSON.stringify(forged))
  const metadata = { signature: await sign(stringToSign(forged, content)), 'signature-algorithm': 'SHA256withRSA' }
  copy.files.set(key, { bytes: gzipSync(content), metadata })
}

function editLog(copy: Copy, edit: (records: object[]) => object[]): Altered {
  const key = copy.random.pick(logs(copy))
  const records: object[] = JSON.parse(gunzipSync(fileAt(copy, key).bytes).toString()).Records
  copy.files.set(key, { bytes: packed(edit(records)), metadata: {} })
  return { named: [key] }
}

/** One event in which one value is another: a name, a time, a flag. */
function edited({ random }: Copy, records: object[]): object {
  const record = random.pick(records)
  const edits = [
    { eventName: 'Login' },
    { readOnly: false },
    { eventTime: '2026-03-01T00:00:00Z' },
    { sourceIPAddress: '::1' },
  ]
  return { ...record, ...random.pick(edits) }
}

function at({ random }: Copy, records: object[]): number {
  return random.below(records.length)
}

function packed(records: readonly object[]): Uint8Array {
  return gzipSync(JSON.stringify({ Records: records }))
}

function logs({ files }: Copy): string[] {
  return [...files.keys()].filter(key => parseLogFileKey(key)).toSorted()
}

function digests({ files }: Copy): string[] {
  return [...files.keys()].filter(key => parseDigestKey(key)).toSorted()
}

function fileAt({ files }: Copy, key: string): StoredFile {
  const file = files.get(key)
  if (!file) throw new Error(`No ${key}`)
  return file
}

function digestAt(copy: Copy, key: string): Digest {
  return digest.parse(JSON.parse(gunzipSync(fileAt(copy, key).bytes).toString()))
}

function writeDigest(copy: Copy, key: string, content: Digest): void {
  copy.files.set(key, { bytes: gzipSync(JSON.stringify(content)), metadata: fileAt(copy, key).metadata })
}

function filesOf({ logFiles }: Digest): string[] {
  return logFiles.map(({ s3Object }) => s3Object)
}

/** Another hex digit in the middle. */
function flipped(hex: string): string {
  const middle = Math.floor(hex.length / 2)
  return hex.slice(0, middle) + (hex[middle] === '0' ? '1' : '0') + hex.slice(middle + 1)
}

function twoOf(random: Random, keys: string[]): [string, string] {
  const one = random.pick(keys)
  return [one, random.pick(keys.filter(key => key !== one))]
}

function unique(random: Random): string {
  return Array.from({ length: 16 }, () => random.below(16).toString(16)).join('')
}
