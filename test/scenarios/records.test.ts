import { describe, expect } from 'vitest'
import { type Crm, useCrm } from '../support/crm.ts'
import { scenarios } from '../support/scenarios.ts'

const crm = useCrm()

const customer = async (crm: Crm) => {
  const { id = '' } = await crm.create('rep', 'customers', { name: '长青贸易 Evergreen', tags: ['vip'] })
  return { id, etag: `"${id}.1"` }
}

const nobody = 'cust_01jq2v7m4hf8r9s0t1v2w3x4y5'

describe('creating a record', () => {
  scenarios(crm, [
    {
      name: 'answers 201 with its place, its tag and the record, and tells the bus',
      as: 'rep',
      post: '/v1/customers',
      body: { name: ' 长青贸易 ', phones: [{ value: '139 1234 5678' }], emails: [{ value: 'Li.Na@Example.CN' }] },
      status: 201,
      json: {
        object: 'customer',
        version: 1,
        name: '长青贸易',
        kind: 'company',
        lifecycleStage: 'lead',
        phones: [{ value: '+8613912345678', entered: '139 1234 5678', primary: true }],
        emails: [{ value: 'Li.Na@example.cn', primary: true, status: 'unverified' }],
      },
      sends: { location: /^\/v1\/customers\/cust_/, etag: /^"cust_\w+\.1"$/ },
      events: ['RecordCreated'],
    },
    {
      name: 'with dryRun checks everything, answers 200 and writes nothing',
      as: 'rep',
      post: '/v1/customers?dryRun=true',
      body: { name: 'Nobody will see me' },
      status: 200,
      json: { name: 'Nobody will see me', version: 1 },
      sends: { 'x-dry-run': 'true', location: undefined },
      events: [],
      also: async (reply, _, crm) => {
        const read = await crm.send({ as: 'admin', method: 'GET', path: `/v1/customers/${reply.json.id}` })
        expect(read.status).toBe(404)
      },
    },
    {
      name: 'names every field that is wrong, and how to mend it',
      as: 'rep',
      post: '/v1/customers',
      body: { name: '', kind: 'robot', emails: [{ value: 'no address' }], colour: 'green' },
      status: 400,
      code: 'validation_failed',
      events: [],
      also: reply => {
        const pointers = reply.json.errors.map((error: { pointer: string }) => error.pointer)
        expect(pointers.toSorted()).toEqual(['/colour', '/emails/0/value', '/kind'])
      },
    },
    {
      name: 'asks for the fields that are required',
      as: 'rep',
      post: '/v1/customers',
      body: {},
      status: 400,
      json: { errors: [{ pointer: '/name', code: 'required' }] },
    },
    {
      name: 'refuses an unknown field by its own code',
      as: 'rep',
      post: '/v1/customers',
      body: { name: 'A', colour: 'green' },
      status: 400,
      code: 'unknown_field',
    },
    {
      name: 'refuses a parameter that it does not know',
      as: 'rep',
      post: '/v1/customers?notify=true',
      body: { name: 'A' },
      status: 400,
      code: 'unknown_field',
      json: { errors: [{ parameter: 'notify', code: 'unknown_field' }] },
    },
    {
      name: 'refuses a parameter that is given twice',
      as: 'rep',
      post: '/v1/customers?dryRun=true&dryRun=false',
      body: { name: 'A' },
      status: 400,
      json: { errors: [{ parameter: 'dryRun', code: 'repeated' }] },
    },
    {
      name: 'takes allowDuplicates, for what comes later',
      as: 'rep',
      post: '/v1/customers?allowDuplicates=true',
      body: { name: 'A' },
      status: 201,
    },
    {
      name: 'refuses a body that is no object',
      as: 'rep',
      post: '/v1/customers',
      body: [{ name: 'A' }],
      status: 400,
      code: 'validation_failed',
    },
    { name: 'refuses a missing body', as: 'rep', post: '/v1/customers', status: 400, code: 'validation_failed' },
    {
      name: 'refuses a value that another record holds, and says which',
      as: 'rep',
      given: async crm => {
        const { id = '' } = await crm.create('rep', 'customers', { name: 'First', taxId: '91310000ma1k4bcd2x' })
        return { first: id }
      },
      post: '/v1/customers',
      body: { name: 'Second', taxId: '91310000MA1K4BCD2X' },
      status: 409,
      code: 'unique_violation',
      json: { existingId: '{first}', errors: [{ pointer: '/taxId' }] },
      events: [],
    },
    {
      name: 'needs a token',
      post: '/v1/customers',
      body: { name: 'A' },
      status: 401,
      code: 'unauthenticated',
      sends: { 'www-authenticate': 'Bearer' },
    },
  ])
})

describe('reading a record', () => {
  scenarios(crm, [
    {
      name: 'answers 200 with its tag',
      as: 'rep',
      given: customer,
      get: '/v1/customers/{id}',
      status: 200,
      json: { id: '{id}', name: '长青贸易 Evergreen', tags: ['vip'] },
      sends: { etag: '{etag}', 'cache-control': 'no-store' },
      events: [],
    },
    {
      name: 'shows only the fields asked for',
      as: 'rep',
      given: customer,
      get: '/v1/customers/{id}?fields=name,tags',
      status: 200,
      also: reply => expect(Object.keys(reply.json)).toEqual(['id', 'object', 'version', 'name', 'tags']),
    },
    {
      name: 'refuses a field that the object does not have',
      as: 'rep',
      given: customer,
      get: '/v1/customers/{id}?fields=name,colour',
      status: 400,
      code: 'unknown_field',
      json: { errors: [{ parameter: 'fields' }] },
    },
    {
      name: 'does not find what is not there',
      as: 'rep',
      get: `/v1/customers/${nobody}`,
      status: 404,
      code: 'not_found',
    },
    {
      name: 'does not find an id of another object',
      as: 'rep',
      get: '/v1/customers/cont_01jq2v7m4hf8r9s0t1v2w3x4y5',
      status: 404,
    },
    { name: 'does not find what is no id', as: 'rep', get: '/v1/customers/%00%F0%9F%8C%B2', status: 404 },
    {
      name: "does not find a colleague's record",
      as: 'rep2',
      given: customer,
      get: '/v1/customers/{id}',
      status: 404,
      code: 'not_found',
    },
    {
      name: 'blots out what the role may not see, and still fits the document',
      as: 'auditor',
      given: async crm => {
        const { id = '' } = await crm.create('rep', 'contacts', {
          name: '李娜',
          emails: [{ value: 'li.na@example.com' }],
          phones: [{ value: '13912345678', label: 'work' }],
          address: { country: 'CN', city: '上海市', street: '南京东路 100 号' },
          birthday: '1990-05-17',
          handles: [{ service: 'wechat', value: 'lina' }],
        })
        return { id }
      },
      get: '/v1/contacts/{id}',
      status: 200,
      json: {
        emails: [{ value: 'l***@example.com' }],
        phones: [{ value: expect.stringMatching(/5678$/) }],
        address: { street: '***' },
        birthday: '1990-**-**',
      },
      also: reply => expect(reply.json).not.toHaveProperty('handles'),
    },
    {
      name: 'tells what the request cost when asked',
      as: 'rep',
      given: customer,
      get: '/v1/customers/{id}',
      headers: { prefer: 'server-timing' },
      status: 200,
      sends: {
        'server-timing':
          /^total;dur=[\d.]+, db;dur=[\d.]+;desc="1 call", read;desc="1 RCU", write;desc="0 WCU", log;dur=[\d.]+$/,
        'preference-applied': 'server-timing',
      },
    },
    {
      name: 'takes the trace id of the caller into problems',
      as: 'rep',
      get: `/v1/customers/${nobody}`,
      headers: { traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01' },
      status: 404,
      json: { traceId: '4bf92f3577b34da6a3ce929d0e0e4736' },
    },
    {
      name: 'names the objects when the path names none',
      as: 'rep',
      get: '/v1/invoices',
      status: 404,
      json: { detail: expect.stringContaining('customers, contacts, activities') },
    },
  ])
})

describe('a record as it was', () => {
  scenarios(crm, [
    {
      name: 'comes back with asOf',
      as: 'rep',
      given: async crm => {
        const record = await crm.create('rep', 'customers', { name: 'Before' })
        await new Promise(resolve => setTimeout(resolve, 5))
        await crm.send({ as: 'rep', method: 'PATCH', path: `/v1/customers/${record['id']}`, body: { name: 'After' } })
        return { id: record['id'] ?? '', before: record['createdAt'] ?? '' }
      },
      get: '/v1/customers/{id}?asOf={before}',
      status: 200,
      json: { name: 'Before', version: 1 },
    },
    {
      name: 'takes a time zone whose + was not encoded',
      as: 'rep',
      given: customer,
      get: '/v1/customers/{id}?asOf=2099-01-01T00:00:00+08:00',
      status: 200,
    },
    {
      name: 'is not found before it was made',
      as: 'rep',
      given: customer,
      get: '/v1/customers/{id}?asOf=2020-01-01T00:00:00Z',
      status: 404,
    },
    {
      name: 'needs a time that is one',
      as: 'rep',
      given: customer,
      get: '/v1/customers/{id}?asOf=yesterday',
      status: 400,
      json: { errors: [{ parameter: 'asOf' }] },
    },
  ])
})
