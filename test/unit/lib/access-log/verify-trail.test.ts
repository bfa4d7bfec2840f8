import { gzipSync } from 'node:zlib'
import { beforeAll, describe, expect, it } from 'vitest'
import { inspectLogFile } from '#lib/access-log/log-file.ts'
import { digestKey, logFileKey } from '#lib/access-log/log-keys.ts'
import { keysByFingerprint, onlyKey } from '#lib/access-log/public-keys.ts'
import type { VerifyProgress } from '#lib/access-log/verification.ts'
import { type VerifyOptions, verifyTrail } from '#lib/access-log/verify-trail.ts'
import { writeDigests } from '#lib/access-log/write-digests.ts'
import { digestTools, localSigner, logFile, madeTrail } from '../../../support/made-trail.ts'
import { copyOf, type MemoryTrail, memoryTrail } from '../../../support/memory-bucket.ts'

const [signer, later] = [localSigner(), localSigner()]
const at = (time: string) => new Date(`2026-03-01T${time}Z`)
const hours = ['11:00:00', '12:00:00', '13:00:00', '14:00:00']

let store: MemoryTrail
const files: string[] = []

/** Four hours with a file each, the third of which lands when its hour has its digest. */
beforeAll(async () => {
  store = memoryTrail('log')
  const tools = digestTools(store, memoryTrail('copy'), signer)
  const landings = ['10:30:00', '11:30:00', '13:02:00', '13:30:00']
  for (const [index, end] of hours.entries()) {
    const key = logFileKey({ ...madeTrail, deliveredAt: at(`${10 + index}:59:00`), unique: String(index).repeat(16) })
    files.push(key)
    store.now = at(landings[index] ?? '')
    await store.writeNew(key, logFile([{ eventID: String(index), eventTime: '2026-03-01T10:00:00Z' }]), '')
    store.now = new Date(at(end).getTime() + 300_000)
    await writeDigests(tools, { until: store.now, mayGoOn: () => true })
  }
})

const publicKeys = keysByFingerprint([signer.pem])
const verify = (options: Partial<VerifyOptions> = {}) => verifyTrail(copyOf(store), { publicKeys, ...options })

describe('what is checked', () => {
  it('is all there is, unless told otherwise', async () => {
    const result = await verify()
    expect(result).toMatchObject({ digests: 4, intactDigests: 4, logFiles: 4, events: 4, found: 0, isFinished: true })
    expect([result.from, result.to]).toEqual(['2026-03-01T10:00:00Z', '2026-03-01T14:00:00Z'])
    expect(result.fingerprints).toEqual([signer.fingerprint])
  })

  it.each<[string, Partial<VerifyOptions>, string, string, number]>([
    ['the hours from a time on', { from: at('12:30:00') }, '12:00:00', '14:00:00', 2],
    ['the hours up to a time', { to: at('11:30:00') }, '10:00:00', '12:00:00', 2],
    [
      'one hour, whose file a later digest names',
      { from: at('12:00:00'), to: at('13:00:00') },
      '12:00:00',
      '13:00:00',
      1,
    ],
    ['one trail alone', { trail: madeTrail, from: at('12:10:00') }, '12:00:00', '14:00:00', 2],
  ])('can be %s, without false alarms at its ends', async (_what, options, from, to, digests) => {
    const result = await verify(options)
    expect([result.from, result.to, result.digests, result.findings]).toEqual([
      `2026-03-01T${from}Z`,
      `2026-03-01T${to}Z`,
      digests,
      [],
    ])
  })

  it('ends unfinished when time runs out, and says how far it came', async () => {
    let turns = 0
    const result = await verify({ mayGoOn: () => ++turns < 2 })
    expect(result).toMatchObject({ isFinished: false, digests: 2, to: '2026-03-01T12:00:00Z', found: 0 })
  })

  it('tells how far it is', async () => {
    const seen: VerifyProgress[] = []
    await verify({ onProgress: progress => seen.push(progress) })
    expect(seen.map(({ digests, ofDigests }) => [digests, ofDigests])).toEqual([1, 2, 3, 4].map(each => [each, 4]))
  })

  it('takes a key that the verifier was given, whatever the digests call it, and no other', async () => {
    expect((await verify({ publicKeys: onlyKey(signer.pem) })).found).toBe(0)
    const { findings } = await verify({ publicKeys: keysByFingerprint([later.pem]) })
    expect(findings.map(({ kind }) => kind)).toEqual(['signature', 'signature', 'signature', 'signature'])
    expect(findings[0]?.what).toContain(signer.fingerprint)
  })

  it('takes hashes from paper: one that no digest has says that digests were cut off or replaced', async () => {
    const read = await verify()
    const missing = 'f'.repeat(64)
    const { findings, anchors } = await verify({ anchorHashes: [missing] })
    expect([read.found, anchors, findings[0]?.file]).toEqual([0, 1, `(digest ${missing})`])
  })
})

describe('a trail that is being written', () => {
  it('may have files that wait for their digest, but no digests that are hours late', async () => {
    const key = logFileKey({ ...madeTrail, deliveredAt: at('14:20:00'), unique: 'a'.repeat(16) })
    store.now = at('14:20:00')
    await store.writeNew(key, logFile([]), '')
    const inTime = await verifyTrail(store, { publicKeys, now: at('15:30:00') })
    expect([inTime.found, inTime.pending]).toEqual([0, 1])
    const late = await verifyTrail(store, { publicKeys, now: at('17:00:00') })
    expect(late.findings).toMatchObject([{ kind: 'behind', file: digestKey(madeTrail, at('14:00:00')) }])
    store.files.delete(key)
  })

  it('must reach as far as it is asked for', async () => {
    const { findings } = await verify({ to: at('16:00:00') })
    expect(findings.map(({ kind }) => kind)).toEqual(['behind'])
  })
})

it('files of other names do not belong to a trail, nor do those of another region', async () => {
  const copy = copyOf(store)
  const elsewhere = (files[0] ?? '').replaceAll('eu-central-1', 'us-east-1')
  copy.files.set('AWSLogs/notes.txt', logFile([])).set(elsewhere, logFile([]))
  const { findings } = await verifyTrail(copy, { publicKeys })
  expect(findings.map(({ file, kind }) => [file, kind])).toEqual([
    ['AWSLogs/notes.txt', 'stray'],
    [elsewhere, 'logUnnamed'],
  ])
})

it('a log file larger than is held at once is summed up piece by piece, to the same', async () => {
  const record = `{"eventID":"x","note":"${'y'.repeat(999_000)}"},`
  const packed = gzipSync(`{"Records":[${record.repeat(70)}{}]}`)
  const large = await inspectLogFile(packed)
  expect([large?.events, large?.bytes]).toEqual([70, 12 + 70 * record.length + 4])
  expect(await inspectLogFile(packed.subarray(0, 5000))).toBeUndefined()
})
