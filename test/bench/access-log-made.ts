import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { argv } from 'node:process'
import { gzipSync } from 'node:zlib'
import type { DigestedFile } from '#lib/access-log/digest.ts'
import { sha256Hex } from '#lib/access-log/digest.ts'
import { logFileKey } from '#lib/access-log/log-keys.ts'
import { type ChainedDigest, makeDigest } from '#lib/access-log/make-digest.ts'
import { localSigner, madeEvent, madeTrail } from '../support/made-trail.ts'
import { createRandom } from './random.ts'

// Writes a trail of so many events as a copy on disk: node test/bench/access-log-made.ts DIR EVENTS. A process of its own, so that its memory is not the verifier's.

const [, , dir = '', count = '1000000'] = argv
/** 500 events a file, as the consumer writes at some load; 24 hours. */
const eventsAFile = 500
const hours = 24
const hourMs = 3_600_000
const bucket = 'evergreen-log'
const start = Date.parse('2026-03-01T00:00:00Z')

const signer = localSigner()
const random = createRandom(1)
const files = Math.ceil(Number(count) / eventsAFile)
let previous: ChainedDigest | undefined
let left = Number(count)
for (let hour = 0; hour < hours; hour++) {
  const from = start + hour * hourMs
  const logFiles: DigestedFile[] = []
  const many = Math.floor((files * (hour + 1)) / hours) - Math.floor((files * hour) / hours)
  for (let file = 0; file < many; file++) logFiles.push(writeLog(new Date(from + (file * hourMs) / many)))
  const sorted = logFiles.toSorted((a, b) => (a.s3Object < b.s3Object ? -1 : 1))
  const span = { start: new Date(from), end: new Date(from + hourMs) }
  const { file, ...made } = await makeDigest({ trail: madeTrail, bucket, ...span, logFiles: sorted, previous }, signer)
  write(made.key, file.bytes)
  write(`${made.key}.meta.json`, Buffer.from(JSON.stringify(file.metadata)))
  previous = made
}
mkdirSync(join(dir, 'public-keys'))
writeFileSync(join(dir, 'public-keys', `${signer.fingerprint}.pem`), signer.pem)

function writeLog(deliveredAt: Date): DigestedFile {
  const events = Math.min(left, eventsAFile)
  left -= events
  const content = JSON.stringify({ Records: Array.from({ length: events }, () => wideEvent(deliveredAt)) })
  const unique = Array.from({ length: 16 }, () => random.below(16).toString(16)).join('')
  const key = logFileKey({ ...madeTrail, deliveredAt, unique })
  write(key, gzipSync(content))
  const time = `${deliveredAt.toISOString().slice(0, 19)}Z`
  const times = { newestEventTime: time, oldestEventTime: time }
  return { s3Bucket: bucket, s3Object: key, hashValue: sha256Hex(content), hashAlgorithm: 'SHA-256', ...times }
}

/** As wide as records of the CRM are: some 1,000 characters. */
function wideEvent(at: Date): object {
  const id = () => random.below(0x7fffffff).toString(36).padStart(6, '0')
  return {
    ...madeEvent(random, at),
    userAgent: 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36',
    requestID: `${id()}${id()}`,
    resources: Array.from({ length: 3 }, () => ({ type: 'customer', ARN: `cust_01j${id()}${id()}${id()}` })),
    recipientAccountId: 'acme',
    additionalEventData: {
      route: 'GET /v1/customers',
      startedAt: at.toISOString(),
      tookMs: random.below(200),
      shown: 50,
    },
    sessionContext: { role: 'rep', sessionId: `${id()}${id()}`, team: 'East 华东' },
  }
}

function write(key: string, bytes: Uint8Array): void {
  const file = join(dir, bucket, key)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, bytes)
}
