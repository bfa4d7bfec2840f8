import { describe, expect, it } from 'vitest'
import { type Crm, useCrm } from '../support/crm.ts'
import { scenarios } from '../support/scenarios.ts'

const crm = useCrm()

let made = 0
/** Two customers of the manager's own, with something to decide about; each time others. */
const two = async (crm: Crm) => {
  made += 1
  const mail = (name: string) => [{ value: `${name}${made}@pine.example` }]
  const { id: a = '' } = await crm.create('manager', 'customers', { name: '青松贸易', tier: 'A', emails: mail('a') })
  const input = { name: '青松贸易有限公司', taxId: `PINE-${made}`, tags: ['vip'], emails: mail('b') }
  const { id: b = '' } = await crm.create('manager', 'customers', input)
  return { a, b, etag: `"${a}.1"` }
}
const merged = async (crm: Crm) => {
  const ids = await two(crm)
  const { json } = await merge(ids.a, [ids.b])
  return { ...ids, mergeId: json.mergeId }
}
const merge = (id: string, absorb: string[], headers?: Record<string, string>) =>
  crm.send({ as: 'manager', method: 'POST', path: `/v1/customers/${id}/merge`, body: { absorb }, headers })
const read = (id: string, more = '') => crm.send({ as: 'manager', method: 'GET', path: `/v1/customers/${id}${more}` })

describe('merging records', () => {
  scenarios(crm, [
    {
      name: 'makes them one, tells where each value comes from, and tells the bus',
      as: 'manager',
      given: two,
      post: '/v1/customers/{a}/merge',
      body: { absorb: ['{b}'] },
      status: 200,
      json: {
        record: { id: '{a}', version: 2, name: '青松贸易有限公司', tier: 'A', tags: ['vip'] },
        absorbed: ['{b}'],
        children: { moved: 0, pending: false },
      },
      sends: { etag: '"{a}.2"' },
      events: ['RecordsMerged', 'RecordsMerged', 'RecordCreated'],
      also: (reply, { a, b }) => {
        expect(reply.json.mergeId).toMatch(/^mrg_/)
        expect(reply.json.decisions).toContainEqual({ field: 'name', from: [b], why: 'longest' })
        expect(reply.json.decisions).toContainEqual({ field: 'emails', from: [a, b], why: 'united' })
      },
    },
    {
      name: 'takes the values of the record that is chosen',
      as: 'manager',
      given: two,
      post: '/v1/customers/{a}/merge',
      body: { absorb: ['{b}'], fields: { name: '{a}', emails: '{b}' } },
      status: 200,
      json: { record: { name: '青松贸易' } },
      also: reply => expect(reply.json.record.emails).toHaveLength(1),
    },
    {
      name: 'with dryRun shows the record as it would be, and makes no merge',
      as: 'manager',
      given: two,
      post: '/v1/customers/{a}/merge?dryRun=true',
      body: { absorb: ['{b}'] },
      status: 200,
      json: { record: { version: 2 } },
      sends: { 'x-dry-run': 'true' },
      events: [],
      also: async (reply, { b = '' }) => {
        expect(reply.json).not.toHaveProperty('mergeId')
        expect((await read(b)).status).toBe(200)
      },
    },
    {
      name: 'is done on condition of the version',
      as: 'manager',
      given: two,
      post: '/v1/customers/{a}/merge',
      headers: { 'if-match': '"{a}.9"' },
      body: { absorb: ['{b}'] },
      status: 412,
      code: 'version_conflict',
      events: [],
    },
    {
      name: 'needs something to absorb',
      as: 'manager',
      given: two,
      post: '/v1/customers/{a}/merge',
      body: { absorb: [] },
      status: 400,
    },
    {
      name: 'is not for who may not delete what would be absorbed',
      as: 'rep',
      given: async crm => {
        const { id: a = '' } = await crm.create('rep', 'customers', { name: 'Own' })
        const { id: b = '' } = await crm.create('rep', 'customers', { name: 'Own too' })
        return { a, b }
      },
      post: '/v1/customers/{a}/merge',
      body: { absorb: ['{b}'] },
      status: 404,
      code: 'not_found',
    },
    {
      name: 'is not for users and the like',
      as: 'admin',
      post: '/v1/users/user_01jq2v7m4hf8r9s0t1v2w3x4y5/merge',
      body: { absorb: ['user_01jq2v7m4hf8r9s0t1v2w3x4y6'] },
      status: 400,
      code: 'validation_failed',
    },
    {
      name: 'of what was absorbed already is a conflict',
      as: 'manager',
      given: merged,
      post: '/v1/customers/{a}/merge',
      body: { absorb: ['{b}'] },
      status: 409,
      code: 'merge_conflict',
    },
  ])

  it('is done once for one Idempotency-Key', async () => {
    const { a, b } = await two(crm)
    const headers = { 'idempotency-key': `merge-${a}` }
    const first = await merge(a, [b], headers)
    const second = await merge(a, [b], headers)
    expect(second.status).toBe(200)
    expect(second.headers['idempotency-replayed']).toBe('true')
    expect(second.json).toEqual(first.json)
  })

  it('stands in the history and on the timeline of the survivor', async () => {
    const { a, b, mergeId } = await merged(crm)
    const entry = { action: 'merged', version: 2, merge: { id: mergeId, absorbed: [b] } }
    expect((await read(a, '/history')).json.items[0]).toMatchObject(entry)
    expect((await read(a, '/timeline')).json.items[0]).toMatchObject({ kind: 'change', change: entry })
    const record = await crm.send({ as: 'manager', method: 'GET', path: `/v1/merges/${mergeId}` })
    expect(record.json).toMatchObject({ target: 'customer', survivorId: a, state: 'merged' })
  })
})

describe('the id of an absorbed record', () => {
  scenarios(crm, [
    ...['', '/history', '/timeline', '?fields=name', '/duplicates?limit=5'].map(rest => ({
      name: `leads on to the survivor: GET {id}${rest}`,
      as: 'manager' as const,
      given: merged,
      get: `/v1/customers/{b}${rest}`,
      status: 308,
      json: { code: 'record_merged', id: '{b}', mergedInto: '{a}' },
      sends: { location: `/v1/customers/{a}${rest}` },
    })),
    {
      name: 'leads a change on to the survivor too',
      as: 'manager',
      given: merged,
      patch: '/v1/customers/{b}',
      body: { priority: 'high' },
      status: 308,
      sends: { location: '/v1/customers/{a}' },
    },
    {
      name: 'does not lead a deletion on: the survivor stays',
      as: 'manager',
      given: merged,
      delete: '/v1/customers/{b}',
      status: 404,
      also: async (_, { a = '' }) => expect((await read(a)).status).toBe(200),
    },
    {
      name: 'does not come back by restoring it',
      as: 'manager',
      given: merged,
      post: '/v1/customers/{b}/restore',
      status: 409,
      code: 'merge_conflict',
    },
    {
      name: 'tells nothing to who may not see the record',
      as: 'rep2',
      given: merged,
      get: '/v1/customers/{b}',
      status: 404,
    },
    {
      name: 'tells in a batch where the record went',
      as: 'manager',
      given: merged,
      post: '/v1/customers/batch',
      body: { operations: [{ op: 'get', id: '{b}' }] },
      status: 200,
      json: { results: [{ status: 308, id: '{b}', mergedInto: '{a}' }] },
    },
    {
      name: 'is a conflict in an atomic batch, which can only be sent as a whole',
      as: 'manager',
      given: merged,
      post: '/v1/customers/batch',
      body: { atomic: true, operations: [{ op: 'update', id: '{b}', patch: { priority: 'high' } }] },
      status: 409,
      code: 'merge_conflict',
    },
  ])

  it('is followed by an ordinary client, a change with its body too', async () => {
    const { a, b } = await merged(crm)
    const authorization = `Bearer ${await crm.stack().tokenFor('manager@example.com')}`
    const url = `${crm.stack().url}/v1/customers/${b}`
    const headers = { authorization, 'content-type': 'application/json' }
    const changed = await fetch(url, { method: 'PATCH', headers, body: JSON.stringify({ priority: 'low' }) })
    expect(await changed.json()).toMatchObject({ id: a, priority: 'low' })
    expect(await (await fetch(url, { headers })).json()).toMatchObject({ id: a, priority: 'low' })
  })

  it('shows the record as it was, as of a time before the merge', async () => {
    const { a, b } = await two(crm)
    const { json } = await read(b)
    await merge(a, [b])
    expect((await read(b, `?asOf=${json.updatedAt}`)).json).toEqual(json)
  })
})

describe('undoing a merge', () => {
  scenarios(crm, [
    {
      name: 'brings everything back and tells the bus',
      as: 'manager',
      given: merged,
      post: '/v1/merges/{mergeId}/undo',
      status: 200,
      json: { mergeId: '{mergeId}', record: { id: '{a}', name: '青松贸易' }, restored: [{ id: '{b}' }], kept: [] },
      events: ['RecordUpdated', 'RecordsUnmerged', 'RecordsUnmerged'],
      also: async (_, { b = '' }) => {
        expect((await read(b)).json).toMatchObject({ id: b, name: '青松贸易有限公司', tags: ['vip'] })
        expect((await read(b, '/history')).json.items[0]).toMatchObject({ action: 'unmerged' })
      },
    },
    {
      name: 'can be tried without effect',
      as: 'manager',
      given: merged,
      post: '/v1/merges/{mergeId}/undo?dryRun=true',
      status: 200,
      sends: { 'x-dry-run': 'true' },
      events: [],
    },
    {
      name: 'is not done twice',
      as: 'manager',
      given: async crm => {
        const ids = await merged(crm)
        await crm.send({ as: 'manager', method: 'POST', path: `/v1/merges/${ids.mergeId}/undo` })
        return ids
      },
      post: '/v1/merges/{mergeId}/undo',
      status: 409,
      code: 'merge_conflict',
    },
    {
      name: 'names the record that took a unique value meanwhile',
      as: 'manager',
      given: async crm => {
        const ids = await merged(crm)
        const taxId = (await read(ids.a)).json.taxId
        await crm.send({ as: 'manager', method: 'PATCH', path: `/v1/customers/${ids.a}`, body: { taxId: null } })
        const { id: thief = '' } = await crm.create('manager', 'customers', { name: '别家', taxId })
        return { ...ids, thief }
      },
      post: '/v1/merges/{mergeId}/undo',
      status: 409,
      code: 'unique_violation',
      json: { existingId: '{thief}', errors: [{ pointer: '/taxId' }] },
    },
    {
      name: 'is not for who may not see the records',
      as: 'rep2',
      given: merged,
      post: '/v1/merges/{mergeId}/undo',
      status: 404,
    },
    { name: 'of no merge is not found', as: 'admin', post: '/v1/merges/mrg_x/undo', status: 404 },
  ])
})

describe('what hangs on merged records', () => {
  const children = async (id: string) =>
    (await crm.send({ as: 'manager', method: 'GET', path: `/v1/activities?parent=${id}&limit=200` })).json.items.length

  // Some 400 changes with all that reacts to them: seconds on a quiet machine, minutes on a busy one.
  const timeout = 180_000

  it('moves to the survivor, what is too much for one request in the background, and all of it back', {
    timeout,
  }, async () => {
    const { a, b } = await two(crm)
    const operations = Array.from({ length: 65 }, () => ({
      op: 'create',
      record: { type: 'call', subject: 'x', customerId: b },
    }))
    for (let i = 0; i < 2; i++)
      await crm.send({ as: 'manager', method: 'POST', path: '/v1/activities/batch', body: { operations } })
    const { json } = await merge(a, [b])
    await crm.stack().drain()
    const record = await crm.send({ as: 'manager', method: 'GET', path: `/v1/merges/${json.mergeId}` })
    expect(record.json).toMatchObject({ childrenState: 'settled', childrenMoved: 130 })
    expect(await children(a)).toBe(130)
    const ofAbsorbed = await crm.send({ as: 'manager', method: 'GET', path: `/v1/activities?parent=${b}&limit=5` })
    expect(ofAbsorbed.headers['location']).toBe(`/v1/activities?parent=${a}&limit=5`)
    await crm.send({ as: 'manager', method: 'POST', path: `/v1/merges/${json.mergeId}/undo` })
    await crm.stack().drain()
    const after = await crm.send({ as: 'manager', method: 'GET', path: `/v1/merges/${json.mergeId}` })
    expect(after.json).toMatchObject({ state: 'undone', childrenState: 'settled' })
    expect([await children(a), await children(b)]).toEqual([0, 130])
  })

  it('goes to the survivor too when it comes out of the recycle bin after the merge', { timeout }, async () => {
    const { a, b } = await two(crm)
    const call = { type: 'call', subject: 'x', customerId: b }
    const { id = '' } = await crm.create('manager', 'activities', call)
    await crm.send({ as: 'manager', method: 'DELETE', path: `/v1/activities/${id}` })
    const { json } = await merge(a, [b])
    await crm.send({ as: 'manager', method: 'POST', path: `/v1/activities/${id}/restore` })
    await crm.stack().drain()
    const parentOf = async () =>
      (await crm.send({ as: 'manager', method: 'GET', path: `/v1/activities/${id}` })).json.customerId
    expect(await parentOf()).toBe(a)
    await crm.send({ as: 'manager', method: 'POST', path: `/v1/merges/${json.mergeId}/undo` })
    await crm.stack().drain()
    expect(await parentOf()).toBe(b)
  })
})
