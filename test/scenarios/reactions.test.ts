import { describe, expect, it } from 'vitest'
import { useCrm } from '../support/crm.ts'
import { scenarios } from '../support/scenarios.ts'

const crm = useCrm()

async function find(as: 'rep' | 'rep2' | 'admin', q: string): Promise<string[]> {
  await crm.stack().drain()
  const { json } = await crm.send({ as, method: 'GET', path: `/v1/search?q=${encodeURIComponent(q)}` })
  return json.items.map((item: { id: string }) => item.id)
}

describe('search', () => {
  it('finds a new record by any word of its name, by e-mail and by phone', async () => {
    const { id } = await crm.create('rep', 'customers', {
      name: '青松贸易 Pinewood Trading',
      emails: [{ value: 'office@pinewood.example.com' }],
      phones: [{ value: '021-5888 7766' }],
    })
    for (const q of ['pinewood', 'trad', '青松', 'office@pinewood', '021-58887766', '7766'])
      expect(await find('rep', q), q).toContain(id)
  })

  it('finds a changed record by its new name only, and a deleted one not at all', async () => {
    const { id } = await crm.create('rep', 'contacts', { name: 'Oldname Zhang' })
    const path = `/v1/contacts/${id}`
    await crm.send({ as: 'rep', method: 'PATCH', path, body: { name: 'Newname Zhang' } })
    expect(await find('rep', 'oldname')).not.toContain(id)
    expect(await find('rep', 'newname')).toContain(id)
    await crm.send({ as: 'rep', method: 'DELETE', path })
    expect(await find('rep', 'newname')).not.toContain(id)
    await crm.send({ as: 'rep', method: 'POST', path: `${path}/restore` })
    expect(await find('rep', 'newname')).toContain(id)
  })

  it('shows nobody what they may not see', async () => {
    const { id } = await crm.create('rep', 'customers', { name: 'Confidential Co' })
    expect(await find('rep2', 'confidential')).toEqual([])
    expect(await find('admin', 'confidential')).toEqual([id])
  })

  scenarios(crm, [
    {
      name: 'says what to look for',
      as: 'rep',
      get: '/v1/search',
      status: 400,
      json: { errors: [{ parameter: 'q', code: 'required' }] },
    },
    {
      name: 'needs more than spaces',
      as: 'rep',
      get: '/v1/search?q=%20',
      status: 400,
      json: { errors: [{ parameter: 'q' }] },
    },
    {
      name: 'looks in objects that are there',
      as: 'rep',
      get: '/v1/search?q=a&objects=invoices',
      status: 400,
      json: { errors: [{ parameter: 'objects' }] },
    },
    {
      name: 'answers with hits and their records',
      as: 'rep',
      get: '/v1/search?q=pinewood&objects=customers&limit=1',
      status: 200,
      json: { items: [{ object: 'customer', matched: ['name', 'emails'] }] },
    },
    { name: 'needs a token', get: '/v1/search?q=a', status: 401 },
  ])
})

describe('sign-ins follow user records', () => {
  const email = 'newcomer@example.com'
  const me = async () => {
    const authorization = `Bearer ${await crm.stack().tokenFor(email)}`
    return crm.send({ method: 'GET', path: '/v1/me', headers: { authorization } })
  }

  it('a new user can sign in, a disabled or deleted one cannot, and a restored one can again', async () => {
    const { json } = await crm.send({ as: 'rep', method: 'GET', path: '/v1/me' })
    const { id } = await crm.create('admin', 'users', { email, name: 'Newcomer', roleId: json.role.id })
    const path = `/v1/users/${id}`
    await crm.stack().drain()
    expect(await me()).toMatchObject({ status: 200, json: { id, email } })

    const steps = [
      { method: 'PATCH', path, body: { status: 'disabled' }, works: false },
      { method: 'PATCH', path, body: { status: 'active' }, works: true },
      { method: 'DELETE', path, body: undefined, works: false },
      { method: 'POST', path: `${path}/restore`, body: undefined, works: true },
    ]
    for (const { works, ...request } of steps) {
      const reply = await crm.send({ as: 'admin', ...request })
      expect(reply.status, `${request.method} ${reply.text}`).toBeLessThan(300)
      await crm.stack().drain()
      await expect(
        me()
          .then(({ status }) => status === 200)
          .catch(() => false),
        JSON.stringify(request),
      ).resolves.toBe(works)
    }
  })

  it('a token of a user who is disabled is refused at once by the function that did it', async () => {
    const { json } = await crm.send({ as: 'rep', method: 'GET', path: '/v1/me' })
    const leaver = { email: 'leaver@example.com', name: 'Leaver', roleId: json.role.id }
    const { id } = await crm.create('admin', 'users', leaver)
    await crm.stack().drain()
    const authorization = `Bearer ${await crm.stack().tokenFor(leaver.email)}`
    const list = () => crm.send({ method: 'GET', path: '/v1/customers', headers: { authorization } })
    expect((await list()).status).toBe(200)
    await crm.send({ as: 'admin', method: 'PATCH', path: `/v1/users/${id}`, body: { status: 'disabled' } })
    expect(await list()).toMatchObject({ status: 401, json: { code: 'unauthenticated' } })
  })
})

describe('the deployment', () => {
  it('seeds again without changing anything', async () => {
    const before = (await crm.send({ as: 'admin', method: 'GET', path: '/v1/users?limit=200' })).json
    const users = [{ email: 'admin@example.com', name: 'Someone else', role: 'rep' }]
    const event = {
      RequestType: 'Update',
      ResponseURL: `${crm.stack().url}/nowhere`,
      StackId: 'stack',
      RequestId: 'again',
      LogicalResourceId: 'Seed',
      ResourceProperties: { users, integrations: [] },
    }
    await expect(crm.stack().invoke('deploy/seed-tenant', event)).rejects.toThrow('did not take the answer')
    const after = (await crm.send({ as: 'admin', method: 'GET', path: '/v1/users?limit=200' })).json
    expect(after).toEqual(before)
  })
})
