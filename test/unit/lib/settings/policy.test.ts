import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { loadActor } from '#lib/permissions/load-actor.ts'
import { changeSettings } from '#lib/settings/change-settings.ts'
import { forgetPolicy, loadPolicy, policyOf } from '#lib/settings/policy.ts'
import { policyIn } from '#lib/settings/stored-policy.ts'
import { createStore, openTable } from '#lib/store/table.ts'
import { defaultPolicy, tenantPolicy } from '#schemas/settings.ts'
import { contextOf, handClock, seedCast, startTables, systemContext, type Tables } from '../../../support/table.ts'

let tables: Tables
beforeAll(async () => {
  tables = await startTables()
})
afterAll(() => tables.stop())

const patched = (days: number) =>
  changeSettings(systemContext(tables), { patch: { retention: { recycleBinDays: days } } })

describe('The policy of a tenant that has decided nothing', () => {
  it('is the product’s own: clean weekly by night, purge after 60 days, verify every half year', () => {
    const { cleanup, retention, quality, standards } = defaultPolicy
    expect(cleanup).toMatchObject({
      enabled: true,
      frequency: 'weekly',
      weekday: 'SUN',
      time: '04:30',
      mergeCertain: false,
    })
    expect(Object.values(cleanup.fixes)).toEqual(Object.keys(cleanup.fixes).map(() => true))
    expect([retention.recycleBinDays, quality.threshold, quality.verifyEveryDays, standards]).toEqual([
      60,
      60,
      { customer: 180, contact: 180 },
      {},
    ])
  })

  it('is what a context without one has', () => expect(policyOf({})).toEqual(defaultPolicy))
})

describe('What a tenant decides', () => {
  it.each([
    ['a number for an object', { cleanup: 5 }, 'cleanup must be an object; null sets everything in it back'],
    ['a time that no clock shows', { cleanup: { time: '9:00' } }, 'cleanup.time must be a time of day such as 02:00'],
    [
      'a zone that is nowhere',
      { cleanup: { timeZone: 'Asia/Pekin' } },
      'cleanup.timeZone must be an IANA time zone such as Asia/Shanghai',
    ],
    ['the 31st of a month', { cleanup: { dayOfMonth: 31 } }, 'cleanup.dayOfMonth must be a whole number from 1 to 28'],
    ['a word for yes', { cleanup: { fixes: { trim: 'yes' } } }, 'cleanup.fixes.trim must be true or false'],
    [
      'an unknown frequency',
      { cleanup: { frequency: 'hourly' } },
      'cleanup.frequency must be one of daily, weekly, monthly',
    ],
    [
      'half a day',
      { retention: { recycleBinDays: 0.5 } },
      'retention.recycleBinDays must be a whole number from 1 to 3650',
    ],
    ...['crm.acme.example', 'http://crm.acme.example', 'https://a:b@acme.example', 'https://acme.example/?x'].map(
      (site): [string, object, string] => [
        `links that begin with ${site}`,
        { notifications: { site } },
        'notifications.site must be an https address without query, such as https://crm.example.com',
      ],
    ),
    ['a reviewer by name', { audit: { reviewerId: '王芳' } }, 'audit.reviewerId must be the id of a user'],
    [
      'a pattern without a message',
      { standards: { customer: { name: { pattern: { regex: 'a' } } } } },
      'standards.customer.name.pattern.message must be text of 1 to 200 characters',
    ],
    [
      'a standard switched off',
      { standards: { customer: { name: { required: false } } } },
      'standards.customer.name.required must be true; leave it out where the field may be empty',
    ],
  ])('is refused for %s, in words that name the fix', (_, policy, told) => {
    const issues = tenantPolicy.safeParse(policy).error?.issues ?? []
    expect(issues.map(({ path, message }) => `${path.join('.')} ${message}`)).toEqual([told])
  })
})

describe('A setting of another version', () => {
  it('falls back to the defaults of its section, keeps the others, and says so in the log', () => {
    const errors: string[] = []
    const fields = { cleanup: { frequency: 'hourly' }, retention: { recycleBinDays: 7 }, name: 'Settings' }
    const policy = policyIn({ fields }, { error: message => errors.push(message) })
    expect(policy).toEqual({ ...defaultPolicy, retention: { recycleBinDays: 7 } })
    expect(errors).toHaveLength(1)
  })
})

describe('A container', () => {
  beforeEach(() => forgetPolicy(systemContext(tables)))

  it('reads the policy once in 30 seconds, and then anew', async () => {
    const clock = handClock()
    const store = createStore(tables.records)
    const load = async () => (await loadPolicy({ ...systemContext(tables), store, clock })).retention.recycleBinDays
    await patched(30)
    const first = [await load(), await load(), await load()]
    const readUnits = store.meter.readUnits
    await patched(20)
    // The write forgets at once in its own container; another container would still have the old one.
    expect([first, readUnits > 0, await load()]).toEqual([[30, 30, 30], true, 20])
  })

  it('notices within 30 seconds what another container wrote', async () => {
    const clock = handClock()
    const load = async () => (await loadPolicy({ ...systemContext(tables), clock })).retention.recycleBinDays
    await patched(30)
    const seen = [await load()]
    const elsewhere = { ...systemContext(tables), store: createStore({ ...tables.records }) }
    await changeSettings(elsewhere, { patch: { retention: { recycleBinDays: 10 } } })
    clock.advance(29_999)
    seen.push(await load())
    clock.advance(1)
    seen.push(await load())
    expect(seen).toEqual([30, 30, 10])
  })

  it('waits for no further round trip when it reads the policy along with who asks', async () => {
    const { admin } = await seedCast(tables)
    const store = createStore(tables.records)
    const clock = handClock()
    await Promise.all([loadActor(store, { userId: admin.id }), loadPolicy({ ...systemContext(tables), store, clock })])
    // The user and the settings at once, then the role.
    expect(store.meter.calls).toBe(2)
  })

  it('asks the table once for requests that come at the same time', async () => {
    const ctx = contextOf(tables, systemContext(tables).actor)
    const all = [loadPolicy(ctx), loadPolicy(ctx), loadPolicy(ctx)]
    expect(new Set(all).size).toBe(1)
    await Promise.all(all)
  })

  it('keeps the last policy while the table does not answer, and fails when it never had one', async () => {
    const clock = handClock()
    const table = { ...tables.records }
    const ctx = { ...systemContext(tables), clock, store: createStore(table) }
    await patched(45)
    await loadPolicy(ctx)
    const broken = openTable('NoSuchTable')
    table.client = broken.client
    table.name = broken.name
    clock.advance(60_000)
    expect((await loadPolicy(ctx)).retention.recycleBinDays).toBe(45)
    await expect(loadPolicy({ ...ctx, store: createStore(broken) })).rejects.toThrow()
    broken.client.destroy()
  })
})
