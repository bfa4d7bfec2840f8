import { beforeAll, describe, expect, it } from 'vitest'
import { type Reply, useCrm } from '../support/crm.ts'
import { scenarios } from '../support/scenarios.ts'

const crm = useCrm()

const seeds = [
  { name: 'Alpha', industry: 'retail', priority: 'high', tags: ['vip'] },
  { name: 'Beta', industry: 'retail', priority: 'low' },
  { name: 'Gamma', industry: 'finance', priority: 'high' },
  { name: 'Delta', industry: 'media' },
  { name: 'Epsilon', industry: 'retail', priority: 'high' },
]

beforeAll(async () => {
  for (const seed of seeds) await crm.create('rep', 'customers', seed)
  await crm.create('rep2', 'customers', { name: 'Not theirs', industry: 'retail' })
})

const namesOf = (reply: Reply): string[] => reply.json.items.map((item: { name: string }) => item.name)
const filterOf = (filter: string) => `/v1/customers?filter=${encodeURIComponent(filter)}`

describe('a list', () => {
  scenarios(crm, [
    {
      name: 'shows what the caller may see, newest change first',
      as: 'rep',
      get: '/v1/customers',
      status: 200,
      events: [],
      also: reply => {
        expect(namesOf(reply)).toEqual(['Epsilon', 'Delta', 'Gamma', 'Beta', 'Alpha'])
        expect(reply.json).not.toHaveProperty('nextCursor')
      },
    },
    {
      name: 'can start with the oldest change',
      as: 'rep',
      get: '/v1/customers?sort=updatedAt&limit=2',
      status: 200,
      also: reply => expect(namesOf(reply)).toEqual(['Alpha', 'Beta']),
    },
    {
      name: 'takes a condition',
      as: 'rep',
      get: filterOf('record.industry == "retail" && record.priority in ["high"]'),
      status: 200,
      also: reply => expect(namesOf(reply)).toEqual(['Epsilon', 'Alpha']),
    },
    {
      name: 'can be narrowed to the own records',
      as: 'admin',
      get: '/v1/customers?owner=me',
      status: 200,
      also: reply => expect(namesOf(reply)).toEqual([]),
    },
    {
      name: 'can be narrowed to the records of one owner',
      as: 'admin',
      given: async crm => ({ owner: (await crm.send({ as: 'rep2', method: 'GET', path: '/v1/me' })).json.id }),
      get: '/v1/customers?owner={owner}',
      status: 200,
      also: reply => expect(namesOf(reply)).toEqual(['Not theirs']),
    },
    {
      name: 'can be narrowed to what belongs to a record',
      as: 'rep',
      given: async crm => {
        const { id = '' } = await crm.create('rep', 'customers', { name: 'Parent' })
        await crm.create('rep', 'contacts', { name: '李娜', customerId: id })
        await crm.create('rep', 'contacts', { name: 'Elsewhere' })
        return { id }
      },
      get: '/v1/contacts?parent={id}',
      status: 200,
      also: reply => expect(namesOf(reply)).toEqual(['李娜']),
    },
    {
      name: 'shows only the fields asked for',
      as: 'rep',
      get: '/v1/customers?fields=name&limit=1',
      status: 200,
      also: reply => expect(Object.keys(reply.json.items[0])).toEqual(['id', 'object', 'version', 'name']),
    },
    {
      name: 'of an object that is not there names those that are',
      as: 'rep',
      get: '/v1/invoices',
      status: 404,
      code: 'not_found',
    },
    { name: 'needs a token', get: '/v1/customers', status: 401, code: 'unauthenticated' },
    ...[
      ['limit=0', 'limit'],
      ['limit=201', 'limit'],
      ['limit=ten', 'limit'],
      ['limit=', 'limit'],
      ['sort=name', 'sort'],
      ['trash=yes', 'trash'],
      ['fields=', 'fields'],
      ['fields=name,colour', 'fields'],
      ['cursor=', 'cursor'],
      ['page=2', 'page'],
    ].map(([query, parameter]) => ({
      name: `refuses ?${query}`,
      as: 'rep' as const,
      get: `/v1/customers?${query}`,
      status: 400,
      json: { errors: [{ parameter }] },
    })),
    ...['record.colour == "green"', 'record.name ==', '1', 'record.name', 'record.name == 1', 'size('].map(filter => ({
      name: `refuses the filter ${filter}`,
      as: 'rep' as const,
      get: filterOf(filter),
      status: 400,
      code: 'invalid_filter',
    })),
    {
      name: 'refuses a broken percent-encoding',
      as: 'rep',
      get: '/v1/customers?owner=%E0%A4%A',
      status: 400,
      code: 'validation_failed',
    },
  ])

  it('comes in pages that hold each record once', async () => {
    const seen: string[] = []
    let cursor = ''
    do {
      const path = `/v1/customers?limit=2&fields=name${cursor && `&cursor=${cursor}`}`
      const reply = await crm.send({ as: 'rep', method: 'GET', path })
      expect(reply.status).toBe(200)
      seen.push(...namesOf(reply))
      cursor = reply.json.nextCursor ?? ''
    } while (cursor)
    expect(seen.toSorted()).toEqual(['Alpha', 'Beta', 'Delta', 'Epsilon', 'Gamma', 'Parent'])
  })

  it('refuses a cursor of another query', async () => {
    const { json } = await crm.send({ as: 'rep', method: 'GET', path: '/v1/customers?limit=1' })
    const path = `/v1/customers?limit=1&sort=updatedAt&cursor=${json.nextCursor}`
    const reply = await crm.send({ as: 'rep', method: 'GET', path })
    expect(reply).toMatchObject({ status: 400, json: { code: 'invalid_cursor', errors: [{ parameter: 'cursor' }] } })
  })
})
