import { beforeAll, describe, expect, it } from 'vitest'
import { compileObject } from '#lib/records/compile.ts'
import { loadMatchKeys } from '#lib/records/load-match-keys.ts'
import { matchKeys, matchValues } from '#lib/records/match-keys.ts'
import { indexKeys, keyChanges } from '#lib/records/record-keys.ts'
import { uniqueValues } from '#lib/records/unique-values.ts'
import type { StoredRecord } from '#lib/store/items.ts'
import { matchPartition, shardOf, uniqueKey } from '#lib/store/keys.ts'
import type { FieldDefinition } from '#schemas/definition.ts'
import type { Json, JsonObject } from '#schemas/json.ts'
import type { matchKinds } from '#schemas/match-kinds.ts'
import { activity } from '#schemas/objects/activity.ts'
import { contact } from '#schemas/objects/contact.ts'
import { customer } from '#schemas/objects/customer.ts'

const label = { en: 'x', zh: 'x' }
const text: FieldDefinition = { type: 'text', label }
const settings = { phoneRegion: 'CN', currency: 'CNY' }
const customerId = 'cust_01h455vb4pex5vsknk084sn02q'
const contactId = 'cont_01h455vb4pex5vsknk084sn02q'
const userId = 'user_01h455vb4pex5vsknk084sn02q'

const record = (object: string, id: string, fields: JsonObject, more: Partial<StoredRecord> = {}): StoredRecord => ({
  id,
  object,
  version: 1,
  fields,
  createdAt: '2026-01-01T00:00:00.000Z',
  createdBy: userId,
  updatedAt: '2026-01-02T00:00:00.000Z',
  updatedBy: userId,
  ...more,
})

describe('matchValues', () => {
  it.each<[string, (typeof matchKinds)[number], Json, FieldDefinition, string[]]>([
    ['e-mails in lower case', 'email', [{ value: 'Li.Na@a.cn' }, { value: 'li.na@a.cn' }], text, ['li.na@a.cn']],
    ['phones as stored', 'phone', [{ value: '+8613912077502' }], text, ['+8613912077502']],
    ['tax ids without punctuation', 'taxId', '91110108-ma01', text, ['91110108MA01']],
    ['company names by brand and trade', 'name', ' Ｈua-Xing (中国) Ltd. ', text, ['huaxing']],
    ['persons whatever the order of their names', 'person', 'Li, NA', text, ['ailn']],
    ['nothing of a family name alone', 'person', '李总', text, []],
    ['e-mails without tags', 'email', [{ value: 'li.na+crm@a.cn' }], text, ['li.na@a.cn']],
    ['days', 'date', '1990-01-31', text, ['1990-01-31']],
    ['streets with their numbers', 'address', { street: '人民路12号3室' }, text, ['人民路12 3']],
    ['the host of a web address', 'domain', 'https://www.Example.cn/about', text, ['example.cn']],
    ['the domain of e-mails', 'domain', [{ value: 'a@Corp.cn' }], text, ['corp.cn']],
    ['no domain of a mail service', 'domain', [{ value: 'a@qq.com' }, { value: 'a@gmail.com' }], text, []],
    ['nothing of punctuation alone', 'name', '---', text, []],
    [
      'messenger accounts',
      'handle',
      [{ service: 'wechat', value: 'Li' }],
      contact.fields['handles'] ?? text,
      ['wechat:li'],
    ],
    ['external ids', 'externalId', [{ system: 'erp', id: '7' }], customer.fields['externalIds'] ?? text, ['erp:7']],
  ])('%s', (_what, kind, value, field, values) => {
    expect(matchValues(kind, value, field)).toEqual(values)
  })
})

describe('matchKeys', () => {
  const keysOf = (fields: JsonObject) => matchKeys(contact, fields).map(({ kind, value }) => `${kind} ${value}`)

  it('a typical contact has five to seven', () => {
    const fields = {
      name: '李娜',
      companyName: '华龙科技有限公司',
      emails: [{ value: 'lina@corp.cn' }],
      phones: [{ value: '+8613912077502' }, { value: '+861062345678' }],
      handles: [{ service: 'wechat', value: 'lina' }],
      address: { city: '北京市', street: '人民路12号' },
    }
    expect(keysOf(fields)).toEqual([
      'person 娜李',
      'email lina@corp.cn',
      'phone +8613912077502',
      'phone +861062345678',
      'handle wechat:lina',
      'employer 娜李 华龙',
    ])
  })

  it('a name in letters is also found by its sound and place', () => {
    const fields = { name: 'John Rogers', address: { city: 'London', postalCode: 'N1 9GU', street: '12 Main St' } }
    expect(keysOf(fields)).toEqual(['person eghjnoorrs', 'place n19gu JN', 'place n19gu RKRS', 'address 12 main'])
  })
})

describe('uniqueValues', () => {
  it.each<[string, Json, FieldDefinition, string[]]>([
    ['a text whatever its case and width', 'ＡbC', text, ['abc']],
    ['a number', 5, { type: 'number', label }, ['5']],
    ['entries by their key', [{ system: 'erp', id: 'A1' }], customer.fields['externalIds'] ?? text, ['erp:A1']],
  ])('%s', (_what, value, field, values) => {
    expect(uniqueValues(value, field)).toEqual(values)
  })
})

describe('keyChanges', () => {
  beforeAll(loadMatchKeys)

  const compiled = compileObject(customer, settings)
  const before = record('customer', customerId, { name: 'A', taxId: 'AAAA', emails: [{ value: 'a@corp.cn' }] })

  it('claims and adds everything of a new record', () => {
    const { claim, release, addMatches, dropMatches } = keyChanges(compiled, undefined, before)
    expect(claim.map(({ field, value }) => `${field} ${value}`)).toEqual(['taxId aaaa'])
    expect(addMatches.map(({ kind, value }) => `${kind} ${value}`)).toEqual([
      'name a',
      'email a@corp.cn',
      'domain corp.cn',
      'taxId AAAA',
    ])
    expect([...release, ...dropMatches]).toEqual([])
  })

  it('touches only what differs', () => {
    const after = record('customer', customerId, { ...before.fields, taxId: 'BBBB' })
    const { claim, release, addMatches, dropMatches } = keyChanges(compiled, before, after)
    expect([claim, release].map(keys => keys.map(key => key.value))).toEqual([['bbbb'], ['aaaa']])
    expect([addMatches, dropMatches].map(keys => keys.map(key => key.value))).toEqual([['BBBB'], ['AAAA']])
  })

  it('a deleted record holds nothing, a restored one all again', () => {
    const deleted = { ...before, deletedAt: '2026-01-03T00:00:00.000Z' }
    const removed = keyChanges(compiled, before, deleted)
    const restored = keyChanges(compiled, deleted, before)
    expect([removed.release, removed.dropMatches.length]).toEqual([restored.claim, restored.addMatches.length])
    expect([removed.claim, removed.addMatches]).toEqual([[], []])
  })

  it('a domain shared by e-mail and website is one key', () => {
    const both = record('customer', customerId, { emails: [{ value: 'a@corp.cn' }], website: 'https://corp.cn' })
    const { addMatches } = keyChanges(compiled, undefined, both)
    expect(addMatches.filter(({ kind }) => kind === 'domain')).toHaveLength(1)
  })

  it('the fullest customer can be created within a transaction of 100 items', () => {
    const many = (make: (i: number) => JsonObject, count: number) => Array.from({ length: count }, (_, i) => make(i))
    const fields = {
      name: 'A',
      taxId: 'AAAA',
      website: 'https://x.cn',
      emails: many(i => ({ value: `a@c${i}.cn` }), 20),
      phones: many(i => ({ value: `+861391207750${i}` }), 20),
      externalIds: many(i => ({ system: 'erp', id: `${i}` }), 10),
    }
    const { claim, addMatches } = keyChanges(compiled, undefined, record('customer', customerId, fields))
    // The record, its change and the idempotency item come on top.
    expect(claim.length + addMatches.length + 3).toBeLessThanOrEqual(100)
  })
})

describe('the fullest contact', () => {
  beforeAll(loadMatchKeys)

  it('can be created within a transaction of 100 items', () => {
    const many = (make: (i: number) => JsonObject, count: number) => Array.from({ length: count }, (_, i) => make(i))
    const fields = {
      name: 'John Rogers',
      companyName: 'Corporate Express',
      birthday: '1990-01-31',
      address: { city: 'London', street: '12 Main St' },
      emails: many(i => ({ value: `john${i}@corp.cn` }), 20),
      phones: many(i => ({ value: `+861391207750${i}` }), 20),
      handles: many(i => ({ service: 'wechat', value: `john${i}` }), 10),
      externalIds: many(i => ({ system: 'erp', id: `${i}` }), 10),
    }
    const compiled = compileObject(contact, settings)
    const { claim, addMatches } = keyChanges(compiled, undefined, record('contact', contactId, fields))
    expect(claim.length + addMatches.length + 3).toBeLessThanOrEqual(100)
  })
})

describe('indexKeys', () => {
  const act = compileObject(activity, settings)
  const fields = { subject: 'x', customerId, contactId, assigneeId: userId, occurredAt: '2025-12-31T00:00:00.000Z' }
  const id = 'act_01h455vb4pex5vsknk084sn02q'

  it('lists a record by object, owner and parent', () => {
    expect(indexKeys(act, record('activity', id, fields), 1)).toEqual({
      byObjectPk: 'activity#0',
      byObjectSk: `2026-01-02T00:00:00.000Z#${id}`,
      byOwnerPk: `${userId}#activity`,
      byOwnerSk: `2026-01-02T00:00:00.000Z#${id}`,
      byParentPk: customerId,
      byParentSk: `activity#2025-12-31T00:00:00.000Z#${id}`,
    })
  })

  it('is sparse: without owner and parent there is the list only', () => {
    expect(Object.keys(indexKeys(act, record('activity', id, { subject: 'x' }), 1))).toEqual([
      'byObjectPk',
      'byObjectSk',
    ])
  })

  it('a deleted record is in the trash list only', () => {
    const deleted = record('activity', id, fields, { deletedAt: '2026-01-03T00:00:00.000Z' })
    expect(indexKeys(act, deleted, 1)).toMatchObject({ byObjectPk: 'trash#activity#0' })
    expect(Object.keys(indexKeys(act, deleted, 1))).toHaveLength(2)
  })

  it('without a time of its own, an activity stands where it was created', () => {
    const { occurredAt: _none, ...rest } = fields
    expect(indexKeys(act, record('activity', id, rest), 1).byParentSk).toBe(`activity#2026-01-01T00:00:00.000Z#${id}`)
  })

  it('an object without a time field stands where it last changed', () => {
    const keys = indexKeys(compileObject(contact, settings), record('contact', contactId, { name: 'x', customerId }), 1)
    expect(keys.byParentSk).toBe(`contact#2026-01-02T00:00:00.000Z#${contactId}`)
  })
})

describe('keys', () => {
  it('a record keeps its shard, and shards fill evenly', () => {
    const counts = [0, 0, 0, 0, 0]
    for (let i = 0; i < 5000; i++) counts[shardOf(`cust_${i}`, 5)] = (counts[shardOf(`cust_${i}`, 5)] ?? 0) + 1
    expect(Math.min(...counts)).toBeGreaterThan(850)
    expect(Math.max(...counts)).toBeLessThan(1150)
  })

  it.each([1000, 100_000])('a value of %i characters still makes a key that DynamoDB takes', length => {
    const keys = [
      uniqueKey('customer', 'name', '中'.repeat(length)).pk,
      matchPartition('customer', 'name', '中'.repeat(length)),
    ]
    expect(keys.map(key => Buffer.byteLength(key) <= 2048)).toEqual([true, true])
  })

  it('long values that differ at their end make different keys', () => {
    const [a, b] = ['a', 'b'].map(end => uniqueKey('customer', 'name', `${'x'.repeat(600)}${end}`).pk)
    expect(a).not.toBe(b)
  })
})
