import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { digestKey, logFileKey, parseDigestKey, parseLogFileKey, trailPrefix } from '#lib/access-log/log-keys.ts'

const trail = { account: '111122223333', region: 'us-east-1' }
const folder = 'AWSLogs/111122223333/CloudTrail/us-east-1/2024/06/01/'
const digests = 'AWSLogs/111122223333/CloudTrail-Digest/us-east-1/2024/06/01/'
const logKey = `${folder}111122223333_CloudTrail_us-east-1_20240601T1315Z_75c40c7365093782.json.gz`
const hourKey = `${digests}111122223333_CloudTrail-Digest_us-east-1_crm_us-east-1_20240601T130000Z.json.gz`

const accounts = fc.stringMatching(/^\d{12}$/)
const regions = fc.constantFrom('us-east-1', 'eu-central-1', 'cn-north-1', 'us-gov-west-1')
const times = fc.date({ min: new Date('2015-01-01'), max: new Date('2099-12-31'), noInvalidDate: true })
const unique = fc.stringMatching(/^[A-Za-z0-9]{16}$/)

describe('the key of a log file', () => {
  it('is what CloudTrail would call it', () => {
    const name = { ...trail, deliveredAt: new Date('2024-06-01T13:15:42.123Z'), unique: '75c40c7365093782' }
    expect(logFileKey(name)).toBe(logKey)
  })

  it('says again what it was made of, to the minute', () => {
    fc.assert(
      fc.property(accounts, regions, times, unique, (account, region, at, mark) => {
        const minute = new Date(Math.floor(at.getTime() / 60_000) * 60_000)
        const key = logFileKey({ account, region, deliveredAt: at, unique: mark })
        expect(parseLogFileKey(key)).toEqual({ account, region, deliveredAt: minute, unique: mark })
        expect(parseDigestKey(key)).toBeUndefined()
        expect(key.startsWith(trailPrefix('logs', { account, region }, at))).toBe(true)
      }),
    )
  })

  it('may have a prefix before it, as in trails of others', () => {
    expect(parseLogFileKey(`trails/a/${logKey}`)?.unique).toBe('75c40c7365093782')
  })

  it.each([
    ['another day than its folder', logKey.replace('20240601T', '20240602T')],
    ['another account than its folder', logKey.replace('/111122223333_', '/111122223334_')],
    ['another region than its folder', logKey.replace('_us-east-1_', '_us-east-2_')],
    ['an hour that is none', logKey.replace('T1315Z', 'T2515Z')],
    ['a day that is none', logKey.replace('2024/06/01', '2024/02/31').replace('20240601', '20240231')],
    ['a mark that is too short', logKey.replace('782.json', '.json')],
    ['an ending that is none', logKey.replace('.json.gz', '.json')],
    ['something behind it', `${logKey}.meta.json`],
  ])('is none with %s', (_what, key) => {
    expect(parseLogFileKey(key)).toBeUndefined()
  })
})

describe('the key of a digest', () => {
  it('is what CloudTrail would call it', () => {
    expect(digestKey(trail, new Date('2024-06-01T13:00:00Z'))).toBe(hourKey)
  })

  it('says again what it was made of, to the second', () => {
    fc.assert(
      fc.property(accounts, regions, times, (account, region, at) => {
        const second = new Date(Math.floor(at.getTime() / 1000) * 1000)
        const key = digestKey({ account, region }, at)
        expect(parseDigestKey(key)).toEqual({ account, region, trailName: 'crm', endTime: second })
        expect(parseLogFileKey(key)).toBeUndefined()
        expect(key.startsWith(trailPrefix('digests', { account, region }, at))).toBe(true)
      }),
    )
  })

  it('of a trail of AWS, whose name may have underscores, is read too', () => {
    expect(parseDigestKey(hourKey.replace('_crm_', '_my_trail.1_'))?.trailName).toBe('my_trail.1')
  })

  it.each([
    ['another day than its folder', hourKey.replace('20240601T', '20240602T')],
    ['a minute that is none', hourKey.replace('T130000Z', 'T136000Z')],
    ['no trail', hourKey.replace('_crm_', '_')],
    ['something behind it', `${hourKey}.meta.json`],
  ])('is none with %s', (_what, key) => {
    expect(parseDigestKey(key)).toBeUndefined()
  })
})

it('what all keys of a trail begin with has no day', () => {
  expect(trailPrefix('logs', trail)).toBe('AWSLogs/111122223333/CloudTrail/us-east-1/')
  expect(trailPrefix('digests', trail)).toBe('AWSLogs/111122223333/CloudTrail-Digest/us-east-1/')
})
