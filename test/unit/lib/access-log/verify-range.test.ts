import { beforeEach, describe, expect, it } from 'vitest'
import { digestKey, logFileKey } from '#lib/access-log/log-keys.ts'
import { keysByFingerprint } from '#lib/access-log/public-keys.ts'
import { verifyRange } from '#lib/access-log/verify-range.ts'
import { writeDigests } from '#lib/access-log/write-digests.ts'
import { unavailable } from '#lib/errors.ts'
import { accessLogVerification } from '#schemas/api/access-log-verification.ts'
import { digestTools, localSigner, logFile, madeTrail } from '../../../support/made-trail.ts'
import { type MemoryTrail, memoryTrail } from '../../../support/memory-bucket.ts'

const signer = localSigner()
const publicKeys = keysByFingerprint([signer.pem])
const at = (time: string) => new Date(`2026-03-01T${time}Z`)
const key = logFileKey({ ...madeTrail, deliveredAt: at('10:30:00'), unique: 'a'.repeat(16) })

let store: MemoryTrail
let anchors: MemoryTrail

beforeEach(async () => {
  store = memoryTrail('log')
  anchors = memoryTrail('copy')
  store.now = at('10:30:00')
  await store.writeNew(key, logFile([{ eventID: '1', eventTime: '2026-03-01T10:30:00Z' }]), '')
  store.now = at('11:05:00')
  await writeDigests(digestTools(store, anchors, signer), { until: at('11:05:00'), mayGoOn: () => true })
})

const check = (now: string, more: { anchors?: MemoryTrail } = {}) =>
  verifyRange(
    { trail: madeTrail, store, anchors, publicKeys, ...more },
    { from: at('00:00:00'), to: at(now), now: at(now), mayGoOn: () => true },
  )

describe('a check of some hours', () => {
  it('says what it looked at, and is kept for the next', async () => {
    const first = await check('11:30:00')
    expect(accessLogVerification.parse(first)).toMatchObject({ state: 'intact', events: 1, anchors: 1, pending: 0 })
    expect(first.previous).toBeUndefined()
    const { previous } = await check('11:31:00')
    expect(previous).toMatchObject({ checkedAt: '2026-03-01T11:30:00.000Z', state: 'intact', found: 0 })
  })

  it('tells a log that was altered from one whose newest hours are not signed yet', async () => {
    expect((await check('14:30:00')).state).toBe('late')
    store.files.set(key, { ...logFile([{ eventID: '2' }]), modifiedAt: at('10:30:00') })
    const { state, findings } = await check('14:31:00')
    expect([state, findings.map(({ file }) => file)]).toEqual(['altered', [key, digestKey(madeTrail, at('11:00:00'))]])
  })

  it('finds by the anchor that the newest digest is gone', async () => {
    for (const file of store.files.keys()) store.files.delete(file)
    const { state, findings } = await check('11:30:00')
    expect([state, findings]).toMatchObject([
      'altered',
      [{ file: digestKey(madeTrail, at('11:00:00')), kind: 'anchor' }],
    ])
  })

  it('goes without anchors while the second region does not answer, and says so', async () => {
    const down = async () => {
      throw unavailable('S3 does not answer.')
    }
    // biome-ignore lint/correctness/useYield: a listing that fails.
    const list = async function* () {
      await down()
    }
    expect(await check('11:30:00', { anchors: { ...anchors, list } })).toMatchObject({ state: 'intact', anchors: 0 })
  })
})
