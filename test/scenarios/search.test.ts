import { beforeAll, describe, expect, it } from 'vitest'
import { type Caller, useCrm } from '../support/crm.ts'
import { scenarios } from '../support/scenarios.ts'

const crm = useCrm()

const path = (q: string, more = '') => `/v1/search?q=${encodeURIComponent(q)}${more}`
const titles = async (as: Caller, q: string): Promise<string[]> => {
  const { json } = await crm.send({ as, method: 'GET', path: path(q) })
  return json.items.map((item: { title: string }) => item.title)
}

beforeAll(async () => {
  await crm.create('rep', 'customers', {
    name: '北京华星贸易有限公司',
    emails: [{ value: 'office@huaxing.example.com' }],
    phones: [{ value: '010-62345678' }],
  })
  await crm.create('rep2', 'customers', { name: '華星機械股份有限公司' })
  await crm.create('rep', 'contacts', {
    name: '曾小龙',
    companyName: '华星贸易',
    phones: [{ value: '13912077502' }],
    emails: [{ value: 'zeng@huaxing.example.com' }],
  })
  await crm.create('rep2', 'contacts', { name: 'Pat O’Neil', companyName: 'Evergreen Trading Co., Ltd.' })
  await crm.stack().drain()
})

describe('an administrator finds', () => {
  it.each([
    ['by brand, in either script', '华星', ['華星機械股份有限公司', '曾小龙', '北京华星贸易有限公司']],
    ['by brand typed in traditional characters', '華星', ['華星機械股份有限公司', '曾小龙', '北京华星贸易有限公司']],
    ['by place and brand', '北京华星', ['北京华星贸易有限公司']],
    ['by pinyin', 'hua xing mao yi', ['北京华星贸易有限公司', '曾小龙']],
    ['by initials', 'hxjx', ['華星機械股份有限公司']],
    ['by a family name as families read it', 'zeng xiaolong', ['曾小龙']],
    ['by a given name in pinyin', 'xiaolong', ['曾小龙']],
    ['by one character of a name', '曾', ['曾小龙']],
    ['by the domain of an e-mail', 'huaxing.example.com', ['曾小龙', '北京华星贸易有限公司']],
    ['by the last digits of a phone', '7502', ['曾小龙']],
    ['by a landline without its area', '62345678', ['北京华星贸易有限公司']],
    ['by two words of different fields', 'oneil evergreen', ['Pat O’Neil']],
    ['by one Latin letter', 'p', ['Pat O’Neil']],
  ])('%s: %s', async (_what, q, found) => {
    expect((await titles('admin', q)).toSorted()).toEqual(found.toSorted())
  })
})

describe('what somebody may not see', () => {
  it('a colleague’s records are not found, by any way of searching', async () => {
    for (const q of ['華星機械', '华星机械', 'huaxingjixie', 'hxjx', 'oneil', 'evergreen trading'])
      expect([await titles('rep', q), (await titles('rep2', q)).length], q).toEqual([[], 1])
    for (const q of ['曾小龙', 'zengxiaolong', 'zxl', '13912077502', '7502', 'zeng@huaxing.example.com'])
      expect([await titles('rep2', q), (await titles('rep', q)).length], q).toEqual([[], 1])
  })

  it('a masked phone or e-mail finds nothing, whole or in part', async () => {
    for (const q of ['13912077502', '7502', '1391207', 'zeng@huaxing.example.com', 'huaxing.example.com'])
      expect([await titles('auditor', q), (await titles('admin', q)).length > 0], q).toEqual([[], true])
  })

  scenarios(crm, [
    {
      name: 'a rep gets a colleague’s customer neither counted nor hinted at',
      as: 'rep',
      get: path('hxjx', '&objects=customers'),
      status: 200,
      json: { items: [], isPartial: false },
    },
  ])
})

describe('the answer', () => {
  scenarios(crm, [
    {
      name: 'ranks what is written above what is said, and the title above other fields',
      as: 'admin',
      get: path('华星'),
      status: 200,
      json: {
        isPartial: false,
        needsReindex: false,
        items: [
          { title: '華星機械股份有限公司', score: 80, matched: ['name'] },
          { title: '曾小龙', score: 70, matched: ['companyName'] },
          { title: '北京华星贸易有限公司', score: 60, matched: ['name'] },
        ],
      },
    },
    {
      name: 'tells the field of a phone',
      as: 'admin',
      get: path('010-6234 5678'),
      status: 200,
      json: { items: [{ score: 90, matched: ['phones'] }] },
    },
    {
      name: 'tells how far the index is',
      as: 'admin',
      get: path('华星'),
      status: 200,
      also: ({ json }) => {
        const newest = json.items.map((item: { record: { updatedAt: string } }) => item.record.updatedAt).toSorted()
        expect(json.indexedThrough >= newest.at(-1)).toBe(true)
        expect(json.lagMs).toBeGreaterThanOrEqual(0)
      },
    },
    {
      name: 'takes 200 characters of anything',
      as: 'admin',
      get: path('一二 a1 +86 @。—'.repeat(14).slice(0, 200)),
      status: 200,
      json: { items: [] },
    },
    {
      name: 'refuses emptiness that only looks like text',
      as: 'admin',
      get: path('\u200b\u200b ——'),
      status: 400,
      json: { errors: [{ parameter: 'q', code: 'required' }] },
    },
  ])
})
