import { describe, expect, it } from 'vitest'
import { type Caller, type Crm, useCrm } from '../support/crm.ts'
import { scenarios } from '../support/scenarios.ts'

const crm = useCrm()

const names = ['王小明', '欧阳建国', '李秋月', '司马文博', '赵铁柱', '陈晓燕', '周伯通', '吴国栋', '郑美玲', '冯巩固']
const words = ['长青', '海天', '蓝月', '金桥', '北辰', '宏图', '瑞丰', '华晨', '天工', '新元']
let made = 0
/** Somebody new each time, unlike those before, who can be told by name, phone, e-mail and company. */
const person = () => {
  made += 1
  const pick = (list: string[], step: number) => list[(made * step + Math.floor(made / 10)) % 10] ?? ''
  const digits = String((made * 48_271_337) % 100_000_000).padStart(8, '0')
  const mail = (made * 7_919_993).toString(36)
  return {
    name: pick(names, 1),
    companyName: `上海${pick(words, 3)}${pick(words, 7)}贸易有限公司`,
    phones: [{ value: `139${digits}` }],
    emails: [{ value: `${mail}@${mail.split('').toReversed().join('')}.example` }],
  }
}
const post = (as: Caller, path: string, body: object) => crm.send({ as, method: 'POST', path, body })
const make = async (as: Caller, body: object) => {
  const { json } = await post(as, '/v1/contacts?allowDuplicates=true', body)
  return String(json.id)
}
const twins = async (crm: Crm) => {
  const input = person()
  const [a, b] = [await make('manager', input), await make('manager', input)]
  await crm.stack().drain()
  const group = (await groups('manager')).find(({ members }) => members.some(({ id }) => id === a))
  return { a, b, dup: group?.id ?? '', name: input.name }
}
type Group = { id: string; members: { id: string }[] }
const groups = async (as: Caller, status = 'open'): Promise<Group[]> => {
  const path = `/v1/duplicates?object=contacts&status=${status}&limit=200`
  return (await crm.send({ as, method: 'GET', path })).json.items
}
const idsOf = (found: Group[]) => found.map(({ id }) => id)

describe('creating a likely duplicate', () => {
  const existing = async () => {
    const input = person()
    const [[phone], [mail]] = [input.phones, input.emails]
    const { name, companyName } = input
    return { id: await make('rep', input), name, companyName, phone: phone?.value ?? '', mail: mail?.value ?? '' }
  }
  const again = {
    name: '{name}',
    companyName: '{companyName}',
    phones: [{ value: '{phone}' }],
    emails: [{ value: '{mail}' }],
  }

  scenarios(crm, [
    {
      name: 'is refused, naming the record with score and reasons',
      as: 'rep',
      given: existing,
      post: '/v1/contacts',
      body: again,
      status: 409,
      code: 'duplicate_record',
      json: { duplicates: [{ id: '{id}' }] },
      events: [],
      also: reply => {
        const [{ score, reasons }] = reply.json.duplicates
        expect(score).toBeGreaterThan(0.9)
        expect(reasons[0]).toMatchObject({
          field: expect.any(String),
          detail: expect.stringMatching(/\w/),
          weight: expect.any(Number),
        })
      },
    },
    {
      name: 'is done when it is meant',
      as: 'rep',
      given: existing,
      post: '/v1/contacts?allowDuplicates=true',
      body: again,
      status: 201,
    },
    {
      name: 'is not refused for a record that the caller may not see',
      as: 'rep2',
      given: existing,
      post: '/v1/contacts',
      body: again,
      status: 201,
    },
    {
      name: 'is refused as a dry run too',
      as: 'rep',
      given: existing,
      post: '/v1/contacts?dryRun=true',
      body: again,
      status: 409,
      code: 'duplicate_record',
    },
    {
      name: 'is refused by its result in a batch',
      as: 'rep',
      given: existing,
      post: '/v1/contacts/batch',
      body: {
        operations: [
          { op: 'create', record: again },
          { op: 'create', record: { name: '别人' } },
        ],
      },
      status: 200,
      json: {
        results: [
          { status: 409, problem: { code: 'duplicate_record', duplicates: [{ id: '{id}' }] } },
          { status: 201 },
        ],
      },
    },
    {
      name: 'is done in a batch that means it',
      as: 'rep',
      given: existing,
      post: '/v1/contacts/batch?allowDuplicates=true',
      body: { atomic: true, operations: [{ op: 'create', record: again }] },
      status: 200,
      json: { results: [{ status: 201 }] },
    },
    {
      name: 'is refused when another system pushes it as new, until it says that it means it',
      as: 'rep',
      given: existing,
      put: '/v1/contacts/external/erp/D-1',
      body: again,
      status: 409,
      code: 'duplicate_record',
    },
  ])

  it('answers a retry with the same Idempotency-Key as the first request, not with the record it made itself', async () => {
    const headers = { 'idempotency-key': 'once-only' }
    const request = { as: 'rep', method: 'POST', path: '/v1/contacts', headers, body: person() } as const
    const first = await crm.send(request)
    const second = await crm.send(request)
    expect([first.status, second.status]).toEqual([201, 201])
    expect(second.json).toEqual(first.json)
  })
})

describe('the duplicates of a record', () => {
  scenarios(crm, [
    {
      name: 'come with record, score and reasons',
      as: 'manager',
      given: twins,
      get: '/v1/contacts/{a}/duplicates',
      status: 200,
      json: { items: [{ id: '{b}', verdict: 'merge', record: { id: '{b}', name: '{name}' } }] },
    },
    {
      name: 'are for who may see the record',
      as: 'rep2',
      given: twins,
      get: '/v1/contacts/{a}/duplicates',
      status: 404,
    },
    {
      name: 'are not asked of objects that have none',
      as: 'admin',
      get: '/v1/activities/act_01jq2v7m4hf8r9s0t1v2w3x4y5/duplicates',
      status: 404,
    },
  ])
})

describe('groups of duplicates', () => {
  scenarios(crm, [
    {
      name: 'follow new records',
      as: 'manager',
      given: twins,
      get: '/v1/duplicates?object=contacts&limit=200',
      status: 200,
      also: (reply, { a, b, dup, name }) => {
        const group = reply.json.items.find(({ id }: Group) => id === dup)
        expect(group).toMatchObject({ status: 'open', object: 'contact', verdict: 'merge' })
        expect(group.members).toEqual([a, b].toSorted().map(id => ({ id, title: name })))
      },
    },
    {
      name: 'are of one object',
      as: 'manager',
      get: '/v1/duplicates',
      status: 400,
      json: { errors: [{ parameter: 'object' }] },
    },
    { name: 'are of an object that has duplicates', as: 'manager', get: '/v1/duplicates?object=teams', status: 400 },
    {
      name: 'take no cursor of another list',
      as: 'manager',
      get: '/v1/duplicates?object=contacts&cursor=abc',
      status: 400,
      code: 'invalid_cursor',
    },
    { name: 'cannot be created', as: 'manager', post: '/v1/duplicates', body: {}, status: 405 },
    { name: 'need a token', get: '/v1/duplicates?object=contacts', status: 401 },
    {
      name: 'are merged by decision',
      as: 'manager',
      given: twins,
      post: '/v1/duplicates/{dup}/decision',
      body: { decision: 'merge', survivor: '{b}' },
      status: 200,
      json: { group: { id: '{dup}', status: 'merged', survivor: '{b}' } },
      also: async (reply, { a = '', dup = '' }) => {
        expect(reply.json.merges).toHaveLength(1)
        expect((await crm.send({ as: 'manager', method: 'GET', path: `/v1/contacts/${a}` })).status).toBe(308)
        await crm.stack().drain()
        expect(idsOf(await groups('manager'))).not.toContain(dup)
        expect(idsOf(await groups('manager', 'merged'))).toContain(dup)
      },
    },
    {
      name: 'are two for ever when somebody says so',
      as: 'manager',
      given: twins,
      post: '/v1/duplicates/{dup}/decision',
      body: { decision: 'notDuplicate' },
      status: 200,
      json: { group: { id: '{dup}', status: 'notDuplicate' }, merges: [] },
      also: async (_, { a = '', dup = '' }) => {
        await crm.send({ as: 'manager', method: 'PATCH', path: `/v1/contacts/${a}`, body: { title: '经理' } })
        await crm.stack().drain()
        expect(idsOf(await groups('manager'))).not.toContain(dup)
        const { json } = await crm.send({ as: 'manager', method: 'GET', path: `/v1/contacts/${a}/duplicates` })
        expect(json.items).toEqual([])
      },
    },
    {
      name: 'are decided by who may change the members',
      as: 'auditor',
      given: twins,
      post: '/v1/duplicates/{dup}/decision',
      body: { decision: 'notDuplicate' },
      status: 404,
    },
    {
      name: 'take no other decision',
      as: 'manager',
      given: twins,
      post: '/v1/duplicates/{dup}/decision',
      body: { decision: 'maybe' },
      status: 400,
    },
  ])

  it('come back as a suggestion only, when their merge is undone', async () => {
    const { a, dup } = await twins(crm)
    const { json } = await post('manager', `/v1/duplicates/${dup}/decision`, { decision: 'merge', survivor: a })
    await crm.stack().drain()
    await post('manager', `/v1/merges/${json.merges[0]}/undo`, {})
    await crm.stack().drain()
    const group = (await groups('manager')).find(({ id }) => id === dup)
    expect(group).toMatchObject({ status: 'open', verdict: 'suggest' })
  })
})
