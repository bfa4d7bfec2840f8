import { describe, expect, it } from 'vitest'
import { type Caller, type Reply, useCrm } from '../support/crm.ts'
import { scenarios } from '../support/scenarios.ts'

const crm = useCrm()
const get = (path: string, as: Caller = 'admin') => crm.send({ as, method: 'GET', path })
const post = (path: string, body: object, as: Caller) => crm.send({ as, method: 'POST', path, body })
const idOf = async (as: Caller): Promise<string> => (await get('/v1/me', as)).json.id
/** This month, as the tenant's calendars have it. */
const month = new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 7)

describe('an audit by people', () => {
  it('draws records of each owner for its reviewer, takes results, and tells how accurate owners and fields are', async () => {
    for (let i = 0; i < 4; i++) await crm.create('rep', 'customers', { name: `审计客户${i}` })
    await crm.create('rep2', 'contacts', { name: '审计联系人' })
    const reviewerId = await idOf('auditor')
    const asked = await post('/v1/audits', { month, perOwner: 2, reviewerId }, 'admin')
    expect([asked.status, asked.json.state, asked.headers['location']]).toEqual([
      202,
      'sampling',
      `/v1/audits/${asked.json.id}`,
    ])
    await crm.stack().drain()
    const path = `/v1/audits/${asked.json.id}`
    const audit = (await get(`${path}?items=true`, 'auditor')).json
    const [rep, rep2] = [await idOf('rep'), await idOf('rep2')]
    expect(audit).toMatchObject({ state: 'open', sampled: 3, checked: 0, perOwner: 2, reviewerId })
    const theirs = audit.items.filter(({ ownerId }: Reply['json']) => ownerId === rep)
    expect([theirs.length, audit.items.length]).toEqual([2, 3])
    expect((await get(`/v1/activities/${theirs[0].taskId}`, 'auditor')).json).toMatchObject({
      purpose: 'audit',
      auditId: audit.id,
      status: 'planned',
      assigneeId: reviewerId,
    })
    const wrong = { recordId: theirs[0].recordId, result: 'wrong', wrongFields: ['phones'], note: '空号' }
    expect((await post(`${path}/results`, wrong, 'auditor')).json).toMatchObject({ ...wrong, checkedBy: reviewerId })
    await post(`${path}/results`, { recordId: theirs[1].recordId, result: 'correct' }, 'auditor')
    expect((await get(`/v1/activities/${theirs[0].taskId}`, 'auditor')).json).toMatchObject({
      status: 'done',
      outcome: '空号',
    })
    expect((await get(path, 'admin')).json).toMatchObject({
      state: 'open',
      checked: 2,
      wrong: 1,
      accuracy: 0.5,
      byOwner: [
        { ownerId: rep, checked: 2, correct: 1, accuracy: 0.5 },
        { ownerId: rep2, sampled: 1, checked: 0 },
      ],
      byField: [{ object: 'customer', field: 'phones', wrong: 1, accuracy: 0.5 }],
    })
    expect((await get('/v1/audits', 'auditor')).json.items.map(({ id }: { id: string }) => id)).toEqual([audit.id])
    expect((await get(path, 'rep')).status).toBe(404)
    expect((await post(`${path}/results`, wrong, 'rep')).status).toBe(404)
    const again = await post('/v1/audits', { month, perOwner: 2, reviewerId }, 'admin')
    expect([again.status, again.json.id]).toEqual([202, audit.id])
    const otherwise = await post('/v1/audits', { month, perOwner: 9, reviewerId }, 'admin')
    expect([otherwise.status, otherwise.json.errors[0].code]).toEqual([400, 'already_audited'])
  })

  scenarios(crm, [
    {
      name: 'is not for reps to start',
      as: 'rep',
      post: '/v1/audits',
      body: { month: '2026-01' },
      status: 404,
      code: 'not_found',
    },
    {
      name: 'needs a month',
      as: 'admin',
      post: '/v1/audits',
      body: { month: '2026-13' },
      status: 400,
      json: { errors: [{ pointer: '/month' }] },
    },
    {
      name: 'of a month before 1970 is refused',
      as: 'admin',
      post: '/v1/audits',
      body: { month: '1969-12' },
      status: 400,
      json: { errors: [{ pointer: '/month' }] },
    },
    {
      name: 'takes one record of each owner at least',
      as: 'admin',
      post: '/v1/audits',
      body: { month: '2026-01', perOwner: 0 },
      status: 400,
      json: { errors: [{ pointer: '/perOwner' }] },
    },
    {
      name: 'needs a reviewer who is there',
      as: 'manager',
      post: '/v1/audits',
      body: { month: '2026-01', reviewerId: 'user_01jq2v7m4hf8r9s0t1v2w3x4y5' },
      status: 400,
      json: { errors: [{ pointer: '/reviewerId', code: 'invalid_reference' }] },
    },
    {
      name: 'that is none is not found',
      as: 'admin',
      get: '/v1/audits/aud_01jq2v7m4hf8r9s0t1v2w3x4y5',
      status: 404,
      code: 'not_found',
    },
    {
      name: 'takes results for its own records only',
      as: 'manager',
      given: async () => ({ id: (await post('/v1/audits', { month: '2026-01' }, 'manager')).json.id }),
      post: '/v1/audits/{id}/results',
      body: { recordId: 'cust_01jq2v7m4hf8r9s0t1v2w3x4y5', result: 'correct' },
      status: 400,
      json: { errors: [{ pointer: '/recordId', code: 'not_sampled' }] },
    },
    {
      name: 'is no record that a client changes',
      as: 'admin',
      patch: '/v1/audits/aud_01jq2v7m4hf8r9s0t1v2w3x4y5',
      body: { perOwner: 1 },
      status: 404,
    },
  ])
})
