import { gunzipSync } from 'node:zlib'
import { beforeEach, describe, expect, it } from 'vitest'
import { anchorRoot } from '#lib/access-log/anchor.ts'
import { type Digest, digest } from '#lib/access-log/digest.ts'
import { digestKey, logFileKey } from '#lib/access-log/log-keys.ts'
import { openPublicKeys } from '#lib/access-log/open-trail.ts'
import { keysByFingerprint } from '#lib/access-log/public-keys.ts'
import { verifyTrail } from '#lib/access-log/verify-trail.ts'
import { type DigestTools, writeDigests } from '#lib/access-log/write-digests.ts'
import { unavailable } from '#lib/errors.ts'
import { digestTools, localSigner, logFile, madeTrail } from '../../../support/made-trail.ts'
import { copyOf, type MemoryTrail, memoryTrail } from '../../../support/memory-bucket.ts'

const signer = localSigner()
const at = (time: string) => new Date(`2026-03-01T${time}Z`)
const always = () => true

let store: MemoryTrail
let anchors: MemoryTrail
let tools: DigestTools

beforeEach(() => {
  store = memoryTrail('log')
  anchors = memoryTrail('copy')
  tools = digestTools(store, anchors, signer)
})

/** A log file of one event, named by a time and landing at that or a later one. */
async function land(name: string, landed = name): Promise<string> {
  const key = logFileKey({ ...madeTrail, deliveredAt: at(name), unique: name.replaceAll(':', '').padEnd(16, '0') })
  store.now = at(landed)
  await store.writeNew(key, logFile([{ eventID: name, eventTime: `2026-03-01T${name}Z` }]), 'application/json')
  return key
}

async function write(time: string, more: Partial<DigestTools> = {}) {
  store.now = at(time)
  anchors.now = at(time)
  return writeDigests({ ...tools, ...more }, { until: at(time), mayGoOn: always })
}

function digestOf(end: string): Digest {
  const file = store.files.get(digestKey(madeTrail, at(end)))
  return digest.parse(JSON.parse(gunzipSync(file?.bytes ?? '').toString()))
}

const namedIn = (end: string) => digestOf(end).logFiles.map(({ s3Object }) => s3Object)
const verified = async () =>
  (await verifyTrail(copyOf(store), { publicKeys: keysByFingerprint([signer.pem]) })).findings.map(({ kind }) => kind)

describe('a digest', () => {
  it('names the files of its hour, with their hashes and times, and follows the one before', async () => {
    const first = await land('10:15:00')
    await write('11:05:00')
    const second = await land('11:30:00')
    await write('12:05:00')
    expect(namedIn('11:00:00')).toEqual([first])
    expect(digestOf('12:00:00')).toMatchObject({
      digestStartTime: '2026-03-01T11:00:00Z',
      digestEndTime: '2026-03-01T12:00:00Z',
      oldestEventTime: '2026-03-01T11:30:00Z',
      newestEventTime: '2026-03-01T11:30:00Z',
      previousDigestS3Object: digestKey(madeTrail, at('11:00:00')),
      logFiles: [{ s3Object: second, newestEventTime: '2026-03-01T11:30:00Z', hashAlgorithm: 'SHA-256' }],
    })
    expect(await verified()).toEqual([])
  })

  it('is there for an hour without events too', async () => {
    await write('11:05:00')
    await write('12:05:00')
    expect(digestOf('12:00:00')).toMatchObject({ logFiles: [], newestEventTime: null, oldestEventTime: null })
    expect(await verified()).toEqual([])
  })

  it('names what landed late for an hour that had its digest, and names it once', async () => {
    await write('11:05:00')
    const late = await land('10:59:00', '11:20:00')
    const between = await land('11:59:00', '12:02:00')
    await write('12:05:00')
    await write('13:05:00')
    expect([namedIn('11:00:00'), namedIn('12:00:00'), namedIn('13:00:00')]).toEqual([[], [late], [between]])
  })

  it('names what S3 dated before the hour ended but showed only after its digest was written', async () => {
    await write('11:05:00')
    const slow = await land('10:59:30')
    await write('12:05:00')
    expect(namedIn('12:00:00')).toEqual([slow])
  })

  it('leaves out a file that does not decompress, and goes on', async () => {
    const broken = await land('10:15:00')
    store.files.set(broken, { bytes: Buffer.from('no gzip'), metadata: {}, modifiedAt: at('10:15:00') })
    const whole = await land('10:20:00')
    await write('11:05:00')
    expect(namedIn('11:00:00')).toEqual([whole])
    expect(await verified()).toEqual(['logUnnamed'])
  })
})

describe('writing digests', () => {
  it('makes up for the hours that were missed, in order, each with its own files', async () => {
    await write('09:05:00')
    const keys = [await land('09:10:00'), await land('10:10:00'), await land('12:10:00')]
    const { written, isDone } = await write('13:05:00')
    expect(written).toEqual(['10', '11', '12', '13'].map(hour => digestKey(madeTrail, at(`${hour}:00:00`))))
    expect([namedIn('10:00:00'), namedIn('11:00:00'), namedIn('12:00:00'), namedIn('13:00:00')]).toEqual([
      [keys[0]],
      [keys[1]],
      [],
      [keys[2]],
    ])
    expect([isDone, await verified()]).toEqual([true, []])
  })

  it('ends when time runs out, and the next run goes on', async () => {
    await write('01:05:00')
    let turns = 0
    const cut = await writeDigests(tools, { until: at('13:05:00'), mayGoOn: () => ++turns <= 3 })
    expect([cut.written.length, cut.isDone]).toEqual([3, false])
    expect((await write('13:05:00')).written).toHaveLength(9)
    expect(await verified()).toEqual([])
  })

  it('run again or late does nothing twice', async () => {
    await land('10:15:00')
    await write('11:05:00')
    const before = [...store.files.keys()]
    expect((await write('11:05:00')).written).toEqual([])
    expect((await write('11:59:00')).written).toEqual([])
    expect([...store.files.keys()]).toEqual(before)
  })

  it('twice at once makes one chain', async () => {
    await write('09:05:00')
    await land('10:15:00')
    await Promise.all([write('13:05:00'), write('13:05:00'), write('12:05:00')])
    expect(await verified()).toEqual([])
    expect([...store.files.keys()].filter(key => key.includes('Digest'))).toHaveLength(5)
  })

  it.each(['before', 'after'] as const)('killed %s any put goes on as one chain', async when => {
    for (let kill = 1; kill <= 6; kill++) {
      let puts = -100
      const onWrite = (_key: string, moment: string) => {
        if (moment === when && ++puts === kill) throw new Error('killed')
      }
      store = memoryTrail('log', { onWrite })
      anchors = memoryTrail('copy', { onWrite })
      tools = digestTools(store, anchors, signer)
      // The first of a trail begins wherever it succeeds.
      await write('09:05:00')
      puts = 0
      for (const until of ['10:05:00', '12:05:00', '12:10:00', '12:15:00']) await write(until).catch(() => undefined)
      expect([kill, await verified()]).toEqual([kill, []])
      expect([...store.files.keys()].filter(key => key.includes('Digest'))).toHaveLength(4)
    }
  })

  it('does not go on from a digest that is not what was signed', async () => {
    await write('11:05:00')
    const key = digestKey(madeTrail, at('11:00:00'))
    const file = store.files.get(key)
    store.files.set(key, { bytes: file?.bytes ?? Buffer.from(''), metadata: {}, modifiedAt: at('11:05:00') })
    await expect(write('12:05:00')).rejects.toThrow(`The digest ${key} has no signature in its metadata.`)
  })

  it('does not sign away hours that were cut off: what was anchored must be there', async () => {
    await land('10:15:00')
    await write('11:05:00')
    await write('12:05:00')
    store.files.delete(digestKey(madeTrail, at('12:00:00')))
    await expect(write('13:05:00')).rejects.toThrow('was anchored and is gone')
    store.files.clear()
    await expect(write('13:05:00')).rejects.toThrow('was anchored and is gone')
  })

  it('does not build on a digest that somebody made anew with the key', async () => {
    await write('11:05:00')
    const key = digestKey(madeTrail, at('11:00:00'))
    store.files.delete(key)
    const other = digestTools(store, memoryTrail('other'), signer)
    await land('10:20:00')
    await writeDigests(other, { until: at('11:06:00'), mayGoOn: always })
    expect(store.files.has(key)).toBe(true)
    await expect(write('12:05:00')).rejects.toThrow('is not the one that was anchored')
  })

  it('goes on while the second region does not answer, and anchors afterwards', async () => {
    const down = async () => {
      throw unavailable('S3 does not answer.')
    }
    // biome-ignore lint/correctness/useYield: a listing that fails.
    const list = async function* () {
      await down()
    }
    await write('11:05:00', { anchors: { ...anchors, list, read: down, writeNew: down } })
    expect(anchors.files.size).toBe(0)
    await write('12:05:00')
    expect([...anchors.files.keys()].filter(key => key.endsWith('.json'))).toEqual([
      `${anchorRoot}${digestKey(madeTrail, at('12:00:00')).replace('.json.gz', '.json')}`,
    ])
  })
})

describe('a trail signed by two keys, the second in place of the first', () => {
  const second = localSigner()
  const today = { publicKeyPem: async () => second.pem }

  const replaceKey = async () => {
    await land('10:15:00')
    await write('11:05:00')
    const { publicKeys } = await openPublicKeys(today, anchors)
    await land('11:30:00')
    await write('12:05:00', { signer: second, publicKeyPem: second.pem, publicKeys })
  }

  it('is intact by the keys that are kept beside the anchors', async () => {
    await replaceKey()
    const { pems, publicKeys } = await openPublicKeys(today, anchors)
    expect([...pems].sort()).toEqual([signer.pem, second.pem].sort())
    expect(await verifyTrail(copyOf(store), { publicKeys })).toMatchObject({ found: 0, digests: 2, intactDigests: 2 })
  })

  it('is not, by the key of today alone', async () => {
    await replaceKey()
    const { findings } = await verifyTrail(copyOf(store), { publicKeys: keysByFingerprint([second.pem]) })
    expect(findings.map(({ kind }) => kind)).toContain('signature')
  })
})
