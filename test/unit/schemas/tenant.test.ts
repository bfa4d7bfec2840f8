import { describe, expect, it } from 'vitest'
import { tenantFile, tenantSettings } from '#schemas/tenant.ts'

const settings = {
  name: 'acme',
  phoneRegion: 'CN',
  timeZone: 'Asia/Shanghai',
  currency: 'CNY',
  locale: 'zh-CN',
  listShards: 2,
}
const file = {
  ...settings,
  region: 'ap-southeast-1',
  secondRegion: 'ap-southeast-3',
  alarmEmail: 'ops@example.com',
  mail: { from: 'crm@example.com' },
  throttle: { ratePerSecond: 100, burst: 200 },
  users: [{ email: 'admin@example.com', name: 'Admin', role: 'admin' }],
}

const placesOf = (schema: typeof tenantFile | typeof tenantSettings, value: unknown) =>
  (schema.safeParse(value).error?.issues ?? []).map(issue => issue.path.join('.'))

describe('tenantFile', () => {
  it('fills in what a small file leaves out', () => {
    expect(tenantFile.parse(file)).toMatchObject({
      disposable: false,
      mfa: 'optional',
      logRetentionDays: 90,
      integrations: [],
    })
  })

  it.each<[string, object, string]>([
    ['a name with capitals', { name: 'Acme' }, 'name'],
    ['a region of one letter', { phoneRegion: 'C' }, 'phoneRegion'],
    ['a time zone by its offset', { timeZone: '+08:00' }, 'timeZone'],
    ['a time zone in another spelling', { timeZone: 'asia/shanghai' }, 'timeZone'],
    ['a time zone that is none', { timeZone: 'Asia/Peking2' }, 'timeZone'],
    ['no shards', { listShards: 0 }, 'listShards'],
    ['65 shards', { listShards: 65 }, 'listShards'],
    ['half a shard', { listShards: 1.5 }, 'listShards'],
    ['a locale that is not there', { locale: 'de' }, 'locale'],
    ['a log retention CloudWatch does not have', { logRetentionDays: 91 }, 'logRetentionDays'],
    ['no users', { users: [] }, 'users'],
    ['a sender whose name breaks the header', { mail: { from: 'a@b.cn', name: 'A\nBcc: x@y.z' } }, 'mail.name'],
    ['a user without a role', { users: [{ email: 'a@b.cn', name: 'A' }] }, 'users.0.role'],
    ['a CORS origin that is no URL', { corsOrigins: ['*'] }, 'corsOrigins.0'],
    ['an unknown member', { colour: 'red' }, ''],
  ])('%s is refused', (_what, change, place) => {
    expect(placesOf(tenantFile, { ...file, ...change })).toEqual([place])
  })

  it('the run-time part alone is enough for functions, and takes nothing more', () => {
    expect(placesOf(tenantSettings, settings)).toEqual([])
    expect(placesOf(tenantSettings, file)).toEqual([''])
  })
})
