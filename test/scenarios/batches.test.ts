import { describe, expect } from 'vitest'
import { type Crm, type Reply, useCrm } from '../support/crm.ts'
import { scenarios } from '../support/scenarios.ts'

const crm = useCrm()
const post = '/v1/customers/batch'

const customer = async (crm: Crm) => {
  const { id = '' } = await crm.create('manager', 'customers', { name: 'Batched' })
  return { id }
}

const statusesOf = (reply: Reply): number[] => reply.json.results.map((result: { status: number }) => result.status)
const creates = (count: number) =>
  Array.from({ length: count }, (_, i) => ({ op: 'create', record: { name: `No. ${i}` } }))

describe('a batch', () => {
  scenarios(crm, [
    {
      name: 'does each operation by itself and tells what became of each, in order',
      as: 'manager',
      given: customer,
      post,
      body: {
        operations: [
          { op: 'create', record: { name: 'New' } },
          { op: 'update', id: '{id}', patch: { name: 'Changed' }, ifVersion: 1 },
          { op: 'update', id: '{id}', patch: { name: 'Too late' }, ifVersion: 9 },
          { op: 'create', record: { name: 'Bad', colour: 'green' } },
          { op: 'get', id: 'cust_01jq2v7m4hf8r9s0t1v2w3x4y5' },
          { op: 'upsert', system: 'erp', externalId: 'B-1', record: { name: 'Pushed' } },
        ],
      },
      status: 200,
      json: {
        results: [
          { status: 201, etag: expect.stringMatching(/^"cust_\w+\.1"$/), record: { name: 'New' } },
          { status: 200, id: '{id}', etag: '"{id}.2"', record: { name: 'Changed' } },
          { status: 412, problem: { code: 'version_conflict' } },
          { status: 400, problem: { code: 'unknown_field', errors: [{ pointer: '/colour' }] } },
          { status: 404, problem: { code: 'not_found' } },
          { status: 201, record: { externalIds: [{ system: 'erp', id: 'B-1' }] } },
        ],
      },
      events: ['RecordCreated', 'RecordCreated', 'RecordUpdated'],
    },
    {
      name: 'reads and deletes',
      as: 'manager',
      given: customer,
      post,
      body: { operations: [{ op: 'get', id: '{id}' }] },
      status: 200,
      json: { results: [{ status: 200, id: '{id}', etag: '"{id}.1"', record: { name: 'Batched' } }] },
    },
    {
      name: 'deletes',
      as: 'manager',
      given: customer,
      post,
      body: { operations: [{ op: 'delete', id: '{id}' }] },
      status: 200,
      json: { results: [{ status: 204, id: '{id}' }] },
      events: ['RecordDeleted'],
    },
    {
      name: 'that is atomic writes all',
      as: 'rep',
      post,
      body: { atomic: true, operations: creates(10) },
      status: 200,
      events: Array.from({ length: 10 }, () => 'RecordCreated'),
      also: reply => expect(statusesOf(reply)).toEqual(Array.from({ length: 10 }, () => 201)),
    },
    {
      name: 'that is atomic writes nothing when one operation is refused, and says which',
      as: 'rep',
      post,
      body: { atomic: true, operations: [...creates(2), { op: 'create', record: { name: 'x', kind: 'robot' } }] },
      status: 400,
      json: { errors: [{ pointer: '/operations/2/kind' }] },
      events: [],
    },
    {
      name: 'takes 100 operations',
      as: 'rep',
      post,
      body: { operations: creates(100) },
      status: 200,
      also: reply => expect(new Set(statusesOf(reply))).toEqual(new Set([201])),
    },
    {
      name: 'takes no more than 100',
      as: 'rep',
      post,
      body: { operations: creates(101) },
      status: 400,
      json: { errors: [{ pointer: '/operations' }] },
    },
    {
      name: 'takes at least one',
      as: 'rep',
      post,
      body: { operations: [] },
      status: 400,
      json: { errors: [{ pointer: '/operations' }] },
    },
    {
      name: 'refuses an operation it does not know',
      as: 'rep',
      post,
      body: { operations: [{ op: 'merge', id: 'x' }] },
      status: 400,
      json: { errors: [{ pointer: '/operations/0/op' }] },
    },
    {
      name: 'refuses a member it does not know',
      as: 'rep',
      post,
      body: { operations: [{ op: 'get', id: 'x', ifVersion: 1 }] },
      status: 400,
      code: 'unknown_field',
      json: { errors: [{ pointer: '/operations/0/ifVersion' }] },
    },
    {
      name: 'with dryRun writes nothing',
      as: 'rep',
      post: `${post}?dryRun=true`,
      body: { operations: creates(2) },
      status: 200,
      sends: { 'x-dry-run': 'true' },
      events: [],
    },
    {
      name: 'may be larger than a single write',
      as: 'rep',
      post: '/v1/activities/batch',
      body: {
        operations: Array.from({ length: 15 }, () => ({
          op: 'create',
          record: { type: 'note', subject: 'Long', body: '长'.repeat(30_000) },
        })),
      },
      status: 200,
      also: reply => expect(new Set(statusesOf(reply))).toEqual(new Set([201])),
    },
  ])
})

describe('a record by the id of another system', () => {
  const put = '/v1/customers/external/erp/{key}'
  let keys = 0
  const key = async () => ({ key: `K-${++keys}` })
  const pushed = async (crm: Crm) => {
    const values = await key()
    await crm.send({
      as: 'erp',
      method: 'PUT',
      path: `/v1/customers/external/erp/${values.key}`,
      body: { name: 'One' },
    })
    return values
  }

  scenarios(crm, [
    {
      name: 'is made when it is new',
      as: 'erp',
      given: key,
      put,
      body: { name: 'One' },
      status: 201,
      json: { name: 'One', externalIds: [{ system: 'erp', id: '{key}' }] },
      sends: { location: /^\/v1\/customers\/cust_/ },
      events: ['RecordCreated'],
    },
    {
      name: 'is changed when it is there',
      as: 'erp',
      given: pushed,
      put,
      body: { name: 'Two' },
      status: 200,
      json: { name: 'Two', version: 2 },
      events: ['RecordUpdated'],
    },
    {
      name: 'stays as it is when nothing is new',
      as: 'erp',
      given: pushed,
      put,
      body: { name: 'One' },
      status: 200,
      json: { version: 1 },
      events: [],
    },
    {
      name: 'with dryRun is not made',
      as: 'erp',
      given: key,
      put: `${put}?dryRun=true`,
      body: { name: 'One' },
      status: 200,
      events: [],
    },
    {
      name: 'needs a system with a plain name',
      as: 'erp',
      put: '/v1/customers/external/no%20spaces/1',
      body: { name: 'One' },
      status: 400,
    },
    {
      name: 'keeps an id with a slash',
      as: 'erp',
      put: '/v1/customers/external/erp/A%2F1',
      body: { name: 'One' },
      status: 201,
      json: { externalIds: [{ id: 'A/1' }] },
    },
  ])
})
