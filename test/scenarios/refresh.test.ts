import { describe, expect, it } from 'vitest'
import { createDynamoDbClient } from '#infra/local/dynamodb/client.ts'
import { systemActor } from '#lib/permissions/system-actor.ts'
import { planRefresh } from '#lib/refresh/plan-refresh.ts'
import { systemClock } from '#lib/runtime/clock.ts'
import { typeIds } from '#lib/runtime/ids.ts'
import { createLogger } from '#lib/runtime/logger.ts'
import { readRecords } from '#lib/store/read.ts'
import { createStore, openTable } from '#lib/store/table.ts'
import { standardObjects } from '#schemas/registry.ts'
import { type Caller, type Crm, type Reply, useCrm } from '../support/crm.ts'
import { scenarios } from '../support/scenarios.ts'
import { testTenant } from '../support/table.ts'

const crm = useCrm()
const get = (path: string, as: Caller = 'admin') => crm.send({ as, method: 'GET', path })
const patch = (path: string, body: object, as: Caller) => crm.send({ as, method: 'PATCH', path, body })
const longAgo = '2020-05-06T00:00:00.000Z'

/** Plans a refresh of these records, as the cleanup does. */
async function plan(ids: readonly string[], at = new Date()) {
  const url = crm.stack().endpoints['dynamodb'] ?? ''
  Object.assign(process.env, {
    AWS_ENDPOINT_URL_DYNAMODB: url,
    AWS_REGION: 'ap-southeast-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  })
  const { TableNames } = (await createDynamoDbClient(url)('ListTables', {})) as { TableNames: string[] }
  const store = createStore(openTable(TableNames.find(name => /Records[0-9A-F]{8}$/.test(name)) ?? ''))
  const ctx = {
    actor: systemActor,
    requestId: 'test',
    source: 'test',
    tenant: { ...testTenant, listShards: 1 },
    objects: standardObjects,
    store,
    clock: systemClock,
    ids: typeIds,
    log: createLogger({}, () => {}),
  }
  const runId = typeIds.next('run')
  return planRefresh(ctx, { runId, dryRun: false, at }, (await readRecords(store, ids)).values())
}

const staleCustomer = async (as: Caller, name: string) =>
  (await crm.create(as, 'customers', { name, lastVerifiedAt: longAgo }))['id'] ?? ''
const tasksOf = async (planId: string | undefined, as: Caller): Promise<Reply['json'][]> => {
  const filter = encodeURIComponent(`record.refreshPlanId == "${planId}"`)
  return (await get(`/v1/activities?filter=${filter}`, as)).json.items
}

describe('a refresh plan', () => {
  it('is done task by task: by completing them and by verifying records, and tells how far it is', async () => {
    const ids = [await staleCustomer('rep', '宁波海蓝渔业'), await staleCustomer('rep', '绍兴黄酒厂')]
    const { planId, created } = await plan(ids)
    expect(created).toBe(2)
    expect((await get(`/v1/refresh-plans/${planId}`, 'rep')).json).toMatchObject({
      state: 'open',
      total: 2,
      done: 0,
      open: 2,
      overdue: 0,
      percentage: 0,
    })
    const [first] = await tasksOf(planId, 'rep')
    expect(first).toMatchObject({ purpose: 'verify', status: 'planned', subject: expect.stringMatching(/^核实客户：/) })
    await patch(`/v1/activities/${first.id}`, { status: 'done', outcome: '电话已确认' }, 'rep')
    await crm.stack().drain()
    const verified = (await get(`/v1/customers/${first.customerId}`, 'rep')).json
    expect(verified.lastVerifiedAt > longAgo).toBe(true)
    expect((await get(`/v1/customers/${first.customerId}/history`, 'rep')).json.items[0]).toMatchObject({
      actorId: verified.ownerId,
      source: 'events/complete-verification',
      changes: { lastVerifiedAt: { old: longAgo } },
    })
    expect((await get(`/v1/refresh-plans/${planId}`, 'rep')).json).toMatchObject({ done: 1, percentage: 50 })
    const other = ids.find(id => id !== first.customerId)
    await crm.send({ as: 'rep', method: 'POST', path: `/v1/customers/${other}/verify`, body: {} })
    expect((await get(`/v1/refresh-plans/${planId}`, 'manager')).json).toMatchObject({
      state: 'done',
      percentage: 100,
      byOwner: [{ ownerId: verified.ownerId, total: 2, done: 2, percentage: 100 }],
    })
  })

  it('is shown as far as one sees its tasks, and not at all where one sees none', async () => {
    const { planId } = await plan([await staleCustomer('rep', '温州皮革'), await staleCustomer('rep2', '台州模具')])
    const total = async (as: Caller) => (await get(`/v1/refresh-plans/${planId}`, as)).json.total
    expect([await total('rep'), await total('rep2'), await total('manager'), await total('admin')]).toEqual([
      1, 1, 2, 2,
    ])
    const mine = (await plan([await staleCustomer('rep', '嘉兴纺织')])).planId
    expect((await get(`/v1/refresh-plans/${mine}`, 'rep2')).status).toBe(404)
    const ids = async (as: Caller) =>
      (await get('/v1/refresh-plans', as)).json.items.map(({ id }: { id: string }) => id)
    expect([await ids('rep'), await ids('rep2')]).toEqual([
      expect.arrayContaining([mine, planId]),
      expect.not.arrayContaining([mine]),
    ])
  })

  it('counts as overdue what is open after its day', async () => {
    const { planId } = await plan([await staleCustomer('rep', '衢州化工')], new Date(Date.now() - 60 * 86_400_000))
    expect((await get(`/v1/refresh-plans/${planId}`, 'rep')).json).toMatchObject({ open: 1, overdue: 1 })
  })

  it('pages through plans with a cursor, the newest first', async () => {
    const older = (await plan([await staleCustomer('rep2', '金华火腿')])).planId
    const newer = (await plan([await staleCustomer('rep2', '舟山水产')])).planId
    const first = (await get('/v1/refresh-plans?limit=1', 'admin')).json
    const second = (await get(`/v1/refresh-plans?limit=1&cursor=${first.nextCursor}`, 'admin')).json
    expect([first.items[0].id, second.items[0].id]).toEqual([newer, older])
  })

  it('drops the task of a record that is deleted, and does not hold it against anybody', async () => {
    const id = await staleCustomer('rep', '湖州竹业')
    const { planId } = await plan([id])
    await crm.send({ as: 'admin', method: 'DELETE', path: `/v1/customers/${id}` })
    await crm.stack().drain()
    expect(await tasksOf(planId, 'rep')).toMatchObject([{ status: 'canceled', outcome: '该记录已删除，无需核实。' }])
    expect((await get(`/v1/refresh-plans/${planId}`, 'rep')).json).toMatchObject({
      canceled: 1,
      open: 0,
      percentage: 100,
    })
  })

  it('lets nobody write what the server keeps about a task', async () => {
    const { planId } = await plan([await staleCustomer('rep', '丽水青瓷')])
    const [task] = await tasksOf(planId, 'rep')
    const reply = await patch(`/v1/activities/${task.id}`, { verifies: 'x', purpose: 'audit' }, 'rep')
    expect([reply.status, reply.json.code]).toEqual([400, 'field_read_only'])
  })
})

const customer =
  (as: Caller = 'rep') =>
  async (on: Crm) => ({
    id: (await on.create(as, 'customers', { name: `客户${typeIds.next('x')}` }))['id'] ?? '',
  })

describe('POST /v1/{object}/{id}/verify', () => {
  scenarios(crm, [
    {
      name: 'says when the record was verified, and applies what was corrected',
      as: 'rep',
      given: customer(),
      post: '/v1/customers/{id}/verify',
      body: { fields: { industry: 'retail' }, note: '已核对' },
      status: 200,
      json: { version: 2, industry: 'retail', lastVerifiedAt: expect.stringMatching(/^20/) },
      sends: { etag: /^"cust_.*\.2"$/ },
      events: ['RecordUpdated', 'RecordCreated'],
    },
    {
      name: 'takes no body at all, too',
      as: 'manager',
      given: customer(),
      post: '/v1/customers/{id}/verify',
      status: 200,
      json: { version: 2 },
    },
    {
      name: 'as a dry run writes nothing',
      as: 'rep',
      given: customer(),
      post: '/v1/customers/{id}/verify?dryRun=true',
      body: {},
      status: 200,
      sends: { 'x-dry-run': 'true' },
      events: [],
      also: async (_reply, { id }) => expect((await get(`/v1/customers/${id}`, 'rep')).json.version).toBe(1),
    },
    {
      name: 'is refused for a version that is not the present one',
      as: 'rep',
      given: customer(),
      post: '/v1/customers/{id}/verify',
      headers: { 'if-match': '"{id}.7"' },
      body: {},
      status: 412,
      code: 'version_conflict',
    },
    {
      name: 'by a colleague who may not see the record is as if there were none',
      as: 'rep2',
      given: customer(),
      post: '/v1/customers/{id}/verify',
      body: {},
      status: 404,
      code: 'not_found',
      events: [],
    },
    {
      name: 'by somebody who may see but not change it is refused in the same way',
      as: 'service',
      given: customer(),
      post: '/v1/customers/{id}/verify',
      body: {},
      status: 404,
      code: 'not_found',
    },
    {
      name: 'of a user is nothing there is',
      as: 'admin',
      given: async () => ({ id: (await get('/v1/me')).json.id }),
      post: '/v1/users/{id}/verify',
      body: {},
      status: 404,
      code: 'not_found',
    },
    {
      name: 'says where in the body a value is wrong',
      as: 'rep',
      given: customer(),
      post: '/v1/customers/{id}/verify',
      body: { fields: { website: 'nowhere' } },
      status: 400,
      json: { errors: [{ pointer: '/fields/website' }] },
    },
    {
      name: 'refuses a time of the caller’s own',
      as: 'rep',
      given: customer(),
      post: '/v1/customers/{id}/verify',
      body: { at: longAgo },
      status: 400,
      code: 'unknown_field',
    },
    {
      name: 'of a merged record leads on to its survivor',
      as: 'admin',
      given: async on => {
        const survivor = await customer('admin')(on)
        const { id } = await customer('admin')(on)
        await on.send({
          as: 'admin',
          method: 'POST',
          path: `/v1/customers/${survivor.id}/merge`,
          body: { absorb: [id] },
        })
        return { id, survivor: survivor.id }
      },
      post: '/v1/customers/{id}/verify',
      body: {},
      status: 308,
      also: ({ headers }, { survivor }) => expect(headers['location']).toBe(`/v1/customers/${survivor}/verify`),
    },
  ])

  it('sent twice under one key verifies once', async () => {
    const { id } = await customer()(crm)
    const request = { as: 'rep', method: 'POST', path: `/v1/customers/${id}/verify`, body: { note: '一次' } } as const
    const send = () => crm.send({ ...request, headers: { 'idempotency-key': `verify-${id}` } })
    const [first, second] = [await send(), await send()]
    expect([first.status, second.headers['idempotency-replayed'], second.json]).toEqual([200, 'true', first.json])
  })
})

describe('GET /v1/refresh-plans/{id}', () => {
  scenarios(crm, [
    {
      name: 'of none is not found',
      as: 'admin',
      get: '/v1/refresh-plans/rfp_01jq2v7m4hf8r9s0t1v2w3x4y5',
      status: 404,
      code: 'not_found',
    },
    { name: 'of something else is not found', as: 'admin', get: '/v1/refresh-plans/nonsense', status: 404 },
    {
      name: 'lists refuse a forged cursor',
      as: 'admin',
      get: '/v1/refresh-plans?cursor=abc',
      status: 400,
      code: 'invalid_cursor',
    },
    { name: 'plans are made by runs, not by clients', as: 'admin', post: '/v1/refresh-plans', body: {}, status: 404 },
  ])
})
