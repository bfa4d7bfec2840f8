import { beforeAll, describe, expect, it } from 'vitest'
import { type Reply, useCrm } from '../support/crm.ts'
import { scenarios } from '../support/scenarios.ts'

const crm = useCrm()
const ids: Record<string, unknown> = {}
const idOf = async (as: 'rep') => (await crm.send({ as, method: 'GET', path: '/v1/me' })).json.id

const good = {
  name: '上海明日科技有限公司',
  industry: 'technology',
  source: 'website',
  tier: 'A',
  emails: [{ value: 'li.na@mingri.cn' }],
  phones: [{ value: '010-62345678' }, { value: '400-812-3456' }],
  website: 'www.mingri.cn',
  address: { country: 'CN', province: '上海市', city: '上海市', postalCode: '200040' },
}
const poor = { name: 'Poor', phones: [{ value: '12912077502' }], emails: [{ value: 'a@mailinator.com' }] }

beforeAll(async () => {
  ids['good'] = (await crm.create('admin', 'customers', { ...good, ownerId: await idOf('rep') }))['id']
  ids['poor'] = (await crm.create('rep', 'customers', poor))['id']
})

const namesOf = (reply: Reply): string[] => reply.json.items.map((item: { name: string }) => item.name)
const filterOf = (filter: string) => `/v1/customers?filter=${encodeURIComponent(filter)}`
const rulesOf = (reply: Reply) => reply.json.quality.issues.map((issue: { rule: string }) => issue.rule)

describe('the quality of a record', () => {
  scenarios(crm, [
    {
      name: 'comes with what was created',
      as: 'admin',
      post: '/v1/customers?dryRun=true&allowDuplicates=true',
      body: good,
      status: 200,
      json: { quality: { score: 100, issues: [] } },
    },
    {
      name: 'names each flaw, what it costs and what to do',
      as: 'rep',
      get: '/v1/customers/{id}',
      given: async () => ({ id: String(ids['poor']) }),
      status: 200,
      also: reply => {
        expect(rulesOf(reply)).toEqual([
          'emailDisposable',
          'phoneInvalid',
          'completeness',
          'completeness',
          'completeness',
          'completeness',
          'completeness',
        ])
        const lost = reply.json.quality.issues.reduce((sum: number, { points }: { points: number }) => sum + points, 0)
        expect(reply.json.quality.score).toBe(100 - lost)
      },
    },
    {
      name: 'can be selected alone',
      as: 'rep',
      get: '/v1/customers/{id}?fields=quality',
      given: async () => ({ id: String(ids['good']) }),
      status: 200,
      also: reply => expect(Object.keys(reply.json)).toEqual(['id', 'object', 'version', 'quality']),
    },
    {
      name: 'can be left out',
      as: 'rep',
      get: '/v1/customers/{id}?fields=name',
      given: async () => ({ id: String(ids['good']) }),
      status: 200,
      also: reply => expect(reply.json).not.toHaveProperty('quality'),
    },
    {
      name: 'cannot be written',
      as: 'rep',
      patch: '/v1/customers/{id}',
      given: async () => ({ id: String(ids['good']) }),
      body: { quality: { score: 100, issues: [] } },
      status: 400,
      code: 'field_read_only',
      json: { errors: [{ pointer: '/quality', code: 'field_read_only' }] },
    },
    {
      name: 'filters a list',
      as: 'rep',
      get: filterOf('record.quality.score < 60'),
      status: 200,
      also: reply => expect(namesOf(reply)).toEqual(['Poor']),
    },
    {
      name: 'filters a list by what is wrong',
      as: 'rep',
      get: filterOf('record.quality.issues.exists(issue, issue.rule == "phoneInvalid")'),
      status: 200,
      also: reply => expect(namesOf(reply)).toEqual(['Poor']),
    },
    {
      name: 'is a number to be compared with numbers',
      as: 'rep',
      get: filterOf('record.quality.score < "60"'),
      status: 400,
      code: 'invalid_filter',
    },
    {
      name: 'is nothing that roles and users have',
      as: 'admin',
      get: '/v1/users?limit=1',
      status: 200,
      also: reply => expect(reply.json.items[0]).not.toHaveProperty('quality'),
    },
    {
      name: 'is told of activities too',
      as: 'rep',
      post: '/v1/activities',
      body: { type: 'note', subject: 'Hangs on nothing' },
      status: 201,
      also: reply => expect(rulesOf(reply)).toEqual(['completeness', 'completeness']),
    },
  ])

  it('gets better when a flaw is mended, and the list follows at once', async () => {
    const before = await crm.send({ as: 'rep', method: 'GET', path: `/v1/customers/${ids['poor']}` })
    const after = await crm.send({
      as: 'rep',
      method: 'PATCH',
      path: `/v1/customers/${ids['poor']}`,
      body: {
        phones: [{ value: '13912077502' }],
        emails: [{ value: 'a@mingri.cn' }],
        address: { country: 'CN', city: '上海' },
      },
    })
    expect(after.json.quality.score).toBeGreaterThan(before.json.quality.score + 25)
    const list = await crm.send({ as: 'rep', method: 'GET', path: filterOf('record.quality.score < 60') })
    expect(namesOf(list)).toEqual([])
  })
})
