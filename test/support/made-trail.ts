import { createSign, generateKeyPairSync } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import type { Anchor } from '#lib/access-log/anchor.ts'
import { readNewestAnchor } from '#lib/access-log/keep-anchor.ts'
import { logFileKey } from '#lib/access-log/log-keys.ts'
import type { DigestSigner } from '#lib/access-log/make-digest.ts'
import { fingerprintOf, keysByFingerprint } from '#lib/access-log/public-keys.ts'
import { type DigestTools, writeDigests } from '#lib/access-log/write-digests.ts'
import { createRandom, type Random } from '../bench/random.ts'
import { type MemoryTrail, memoryTrail } from './memory-bucket.ts'

/** Whose trail tests make. */
export const madeTrail = { account: '111122223333', region: 'eu-central-1' }

/** Signs as the evidence key does, on this machine. */
export type LocalSigner = DigestSigner & { pem: string }

/** A signing key of a test; 2,048 bits, as the key of CloudTrail. */
export function localSigner(): LocalSigner {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString()
  return {
    pem,
    fingerprint: fingerprintOf(publicKey),
    sign: async text => createSign('RSA-SHA256').update(text).sign(privateKey, 'hex'),
  }
}

const hourMs = 3_600_000
const minuteMs = 60_000
const start = Date.parse('2026-03-01T00:00:00Z')
const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined }

/** What digests of a test are written with. */
export function digestTools(store: MemoryTrail, anchors: MemoryTrail, signer: LocalSigner): DigestTools {
  const publicKeys = keysByFingerprint([signer.pem])
  return { trail: madeTrail, store, anchors, signer, publicKeyPem: signer.pem, publicKeys, log: quiet }
}

/** A log file as the consumer writes it. */
export function logFile(records: readonly object[]): { bytes: Uint8Array; metadata: Record<string, string> } {
  return { bytes: gzipSync(JSON.stringify({ Records: records })), metadata: {} }
}

/** One event of an access log. */
export function madeEvent(random: Random, at: Date): object {
  const names = ['GetRecord', 'FindRecords', 'UpdateRecord', 'CreateExport', 'Search']
  const id = () => random.below(0x7fffffff).toString(16).padStart(8, '0')
  return {
    eventVersion: '1.11',
    eventID: `${id()}-0000-4000-8000-${id()}0000`,
    eventTime: `${at.toISOString().slice(0, 19)}Z`,
    eventSource: 'crm.evergreen.example',
    eventName: random.pick(names),
    userIdentity: { type: 'User', userName: random.pick(['王伟', '李娜', 'Rosa Müller', "O'Brien"]) },
    sourceIPAddress: `192.0.2.${random.below(250)}`,
    requestParameters: { id: `cust_${id()}`, note: 'says "eventID": and more' },
    readOnly: true,
    responseElements: null,
  }
}

/** A trail with its anchors, as the product wrote it. */
export type MadeTrail = { store: MemoryTrail; anchors: Anchor[]; end: Date }

/**
 * A trail of some hours, made by the product's own code: hours without events, files that land late, digests that were hours
 * late and made up for. The same seed is the same trail.
 */
export async function makeTrail(seed: number, signer: LocalSigner): Promise<MadeTrail> {
  const random = createRandom(seed)
  const store = memoryTrail('evergreen-log')
  const anchors = memoryTrail('evergreen-anchors')
  const tools = digestTools(store, anchors, signer)
  // Some end at midnight or pass it: folders change there.
  const first = start + random.below(48) * hourMs
  const hours = 4 + random.below(5)
  const landing: { key: string; records: object[]; at: number }[] = []
  for (let hour = 0; hour < hours; hour++) landing.push(...makeHour(random, first + hour * hourMs, hour === 0))
  for (let hour = 1; hour <= hours; hour++) {
    const end = first + hour * hourMs
    for (const { key, records, at } of landing.splice(0).filter(file => land(file, end, landing))) {
      store.now = new Date(at)
      await store.writeNew(key, logFile(records), 'application/json')
    }
    const isDown = hour < hours && random.next() < 0.2
    store.now = new Date(end + 5 * minuteMs)
    if (!isDown) await writeDigests(tools, { until: store.now, mayGoOn: () => true })
  }
  const end = new Date(first + hours * hourMs)
  const anchor = await readNewestAnchor(anchors, madeTrail, end)
  return { store, anchors: anchor ? [anchor] : [], end }
}

/** Whether a file lands before a time; what does not, waits. */
function land<File extends { at: number }>(file: File, end: number, waiting: File[]): boolean {
  if (file.at < end + 4 * minuteMs) return true
  waiting.push(file)
  return false
}

/** `isSure`: with files, and none of them late. */
function makeHour(random: Random, from: number, isSure: boolean): { key: string; records: object[]; at: number }[] {
  if (!isSure && random.next() < 0.15) return []
  return Array.from({ length: (isSure ? 2 : 1) + random.below(3) }, () => {
    const deliveredAt = from + random.below(60) * minuteMs
    const records = Array.from({ length: 2 + random.below(5) }, () =>
      madeEvent(random, new Date(deliveredAt - random.below(300) * 1000)),
    )
    const unique = Array.from({ length: 16 }, () => random.below(16).toString(16)).join('')
    const key = logFileKey({ ...madeTrail, deliveredAt: new Date(deliveredAt), unique })
    // One in ten lands up to two hours after the time in its name.
    const lateMs = !isSure && random.next() < 0.1 ? random.below(120) * minuteMs : 0
    return { key, records, at: deliveredAt + lateMs }
  })
}
