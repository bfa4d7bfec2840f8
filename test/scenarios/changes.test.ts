import { describe, expect } from 'vitest'
import { type Crm, useCrm } from '../support/crm.ts'
import { scenarios } from '../support/scenarios.ts'

const crm = useCrm()

const customer = async (crm: Crm) => {
  const { id = '' } = await crm.create('rep', 'customers', { name: '长青贸易 Evergreen', tags: ['vip'] })
  return { id, etag: `"${id}.1"` }
}

const nobody = 'cust_01jq2v7m4hf8r9s0t1v2w3x4y5'

describe('changing a record', () => {
  scenarios(crm, [
    {
      name: 'answers 200 with the next version and tells the bus',
      as: 'rep',
      given: customer,
      patch: '/v1/customers/{id}',
      body: { name: 'New name', tags: null },
      status: 200,
      json: { name: 'New name', version: 2 },
      sends: { etag: '"{id}.2"' },
      events: ['RecordUpdated'],
      also: reply => expect(reply.json).not.toHaveProperty('tags'),
    },
    {
      name: 'takes a merge patch by its own media type',
      as: 'rep',
      given: customer,
      patch: '/v1/customers/{id}',
      headers: { 'content-type': 'application/merge-patch+json; charset=UTF-8' },
      body: { priority: 'high' },
      status: 200,
      json: { priority: 'high' },
    },
    {
      name: 'keeps version and tag when nothing changes, and tells nobody',
      as: 'rep',
      given: customer,
      patch: '/v1/customers/{id}',
      body: { tags: ['vip'] },
      status: 200,
      json: { version: 1 },
      sends: { etag: '{etag}' },
      events: [],
    },
    {
      name: 'with dryRun shows the change without making it',
      as: 'rep',
      given: customer,
      patch: '/v1/customers/{id}?dryRun=true',
      body: { name: 'Maybe' },
      status: 200,
      json: { name: 'Maybe', version: 2 },
      sends: { 'x-dry-run': 'true' },
      events: [],
    },
    {
      name: 'refuses what the server sets',
      as: 'rep',
      given: customer,
      patch: '/v1/customers/{id}',
      body: { version: 7 },
      status: 400,
      code: 'field_read_only',
    },
    {
      name: 'refuses to clear a required field',
      as: 'rep',
      given: customer,
      patch: '/v1/customers/{id}',
      body: { name: null },
      status: 400,
      json: { errors: [{ pointer: '/name', code: 'required' }] },
      events: [],
    },
    { name: 'does not find what is not there', as: 'rep', patch: `/v1/customers/${nobody}`, body: {}, status: 404 },
  ])
})

describe('deleting a record', () => {
  const deleted = async (crm: Crm) => {
    const { id = '' } = await crm.create('manager', 'customers', { name: 'Gone' })
    await crm.send({ as: 'manager', method: 'DELETE', path: `/v1/customers/${id}` })
    return { id }
  }
  const mine = async (crm: Crm) => ({ id: (await crm.create('manager', 'customers', { name: 'Going' }))['id'] ?? '' })

  scenarios(crm, [
    {
      name: 'answers 204 without a body and tells the bus',
      as: 'manager',
      given: mine,
      delete: '/v1/customers/{id}',
      status: 204,
      events: ['RecordDeleted'],
      also: reply => expect(reply.text).toBe(''),
    },
    {
      name: 'with dryRun shows what would go',
      as: 'manager',
      given: mine,
      delete: '/v1/customers/{id}?dryRun=true',
      status: 200,
      json: { id: '{id}' },
      sends: { 'x-dry-run': 'true' },
      events: [],
    },
    { name: 'hides it', as: 'manager', given: deleted, get: '/v1/customers/{id}', status: 404 },
    { name: 'is not done twice', as: 'manager', given: deleted, delete: '/v1/customers/{id}', status: 404 },
    {
      name: 'puts it in the recycle bin',
      as: 'manager',
      given: deleted,
      get: '/v1/customers?trash=true',
      status: 200,
      also: (reply, { id }) => expect(reply.json.items.map((item: { id: string }) => item.id)).toContain(id),
    },
    {
      name: 'can be taken back',
      as: 'manager',
      given: deleted,
      post: '/v1/customers/{id}/restore',
      status: 200,
      json: { id: '{id}', version: 3 },
      sends: { etag: '"{id}.3"' },
      events: ['RecordRestored'],
    },
    {
      name: 'can be taken back by a client that sends an empty object',
      as: 'manager',
      given: deleted,
      post: '/v1/customers/{id}/restore',
      body: {},
      status: 200,
    },
    {
      name: 'cannot be taken back with wishes',
      as: 'manager',
      given: deleted,
      post: '/v1/customers/{id}/restore',
      body: { name: 'Better' },
      status: 400,
      code: 'unknown_field',
    },
  ])
})

describe('history', () => {
  const edited = async (crm: Crm) => {
    const { id } = await customer(crm)
    for (const name of ['Second', 'Third']) {
      await crm.send({ as: 'rep', method: 'PATCH', path: `/v1/customers/${id}`, body: { name } })
    }
    return { id }
  }

  scenarios(crm, [
    {
      name: 'tells who changed what from what to what, newest first',
      as: 'rep',
      given: edited,
      get: '/v1/customers/{id}/history',
      status: 200,
      json: {
        items: [
          { version: 3, action: 'updated', source: 'api', changes: { name: { old: 'Second', new: 'Third' } } },
          { version: 2, action: 'updated' },
          { version: 1, action: 'created' },
        ],
      },
    },
    {
      name: 'comes in pages',
      as: 'rep',
      given: edited,
      get: '/v1/customers/{id}/history?limit=2',
      status: 200,
      also: async (reply, { id }, crm) => {
        const path = `/v1/customers/${id}/history?limit=2&cursor=${encodeURIComponent(reply.json.nextCursor)}`
        const rest = await crm.send({ as: 'rep', method: 'GET', path })
        expect(rest.json.items.map((item: { version: number }) => item.version)).toEqual([1])
        expect(rest.json).not.toHaveProperty('nextCursor')
      },
    },
    {
      name: 'can be gone back in',
      as: 'rep',
      given: edited,
      post: '/v1/customers/{id}/revert',
      body: { toVersion: 1 },
      status: 200,
      json: { version: 4, name: '长青贸易 Evergreen' },
      events: ['RecordUpdated'],
    },
    {
      name: 'cannot be gone back in to a version that never was',
      as: 'rep',
      given: edited,
      post: '/v1/customers/{id}/revert',
      body: { toVersion: 9 },
      status: 400,
      json: { errors: [{ pointer: '/toVersion' }] },
    },
    {
      name: 'cannot be gone back in without a version',
      as: 'rep',
      given: edited,
      post: '/v1/customers/{id}/revert',
      body: {},
      status: 400,
      json: { errors: [{ pointer: '/toVersion', code: 'required' }] },
    },
  ])
})

describe('a timeline', () => {
  scenarios(crm, [
    {
      name: 'mixes activities and changes by time, newest first',
      as: 'rep',
      given: async crm => {
        const { id } = await customer(crm)
        const call = { type: 'call', subject: 'Called', customerId: id }
        await crm.create('rep', 'activities', { ...call, occurredAt: '2020-01-01T00:00:00Z' })
        await crm.create('rep', 'activities', { ...call, occurredAt: '2099-01-01T08:00:00+08:00' })
        return { id }
      },
      get: '/v1/customers/{id}/timeline',
      status: 200,
      json: {
        items: [
          { kind: 'activity', at: '2099-01-01T00:00:00.000Z' },
          { kind: 'change', change: { action: 'created' } },
          { kind: 'activity', at: '2020-01-01T00:00:00.000Z', activity: { subject: 'Called' } },
        ],
      },
    },
  ])
})
