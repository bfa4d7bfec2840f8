import { describe, expect, it } from 'vitest'
import { overflows, survivingFields, type Why } from '#lib/merge/survivorship.ts'
import type { StoredRecord } from '#lib/store/items.ts'
import { defineObject } from '#schemas/definition.ts'
import type { JsonObject } from '#schemas/json.ts'
import { contact } from '#schemas/objects/contact.ts'
import { customer } from '#schemas/objects/customer.ts'

const record = (id: string, fields: JsonObject): StoredRecord => {
  const by = { createdAt: '', createdBy: '', updatedAt: '', updatedBy: '' }
  return { id, object: 'customer', version: 1, fields, ...by }
}
const survive = (
  own: JsonObject,
  others: JsonObject[],
  { chosen = {}, object = customer, readOnly = [] as string[] } = {},
) =>
  survivingFields({
    object,
    survivor: record('s', own),
    absorbed: others.map((fields, i) => record(`a${i + 1}`, fields)),
    chosen,
    isEditable: field => !readOnly.includes(field),
  })

const verified = (name: string, month: number) => ({ name, lastVerifiedAt: `2026-0${month}-01T00:00:00.000Z` })
const money = defineObject({
  ...customer,
  fields: {
    name: { type: 'text', label: { en: 'Name', zh: '名称' } },
    revenue: { type: 'money', label: { en: 'Revenue', zh: '营收' } },
    staff: { type: 'number', label: { en: 'Staff', zh: '人数' } },
  },
  ownerField: undefined,
  teamField: undefined,
  quality: undefined,
})

describe('which value survives', () => {
  it.each<
    [what: string, field: string, own: JsonObject, others: JsonObject[], value: unknown, from: string[], why: Why]
  >([
    [
      'the longest text',
      'name',
      { name: '长青' },
      [{ name: '长青贸易有限公司' }],
      '长青贸易有限公司',
      ['a1'],
      'longest',
    ],
    [
      'the longest text in characters, not in bytes',
      'name',
      { name: 'Evergreen' },
      [{ name: '长青贸易' }],
      'Evergreen',
      ['s'],
      'longest',
    ],
    ['the survivor’s of texts as long', 'name', { name: '张三' }, [{ name: '李四' }], '张三', ['s'], 'survivor'],
    [
      'the newest verified before the longest',
      'name',
      verified('Pine', 1),
      [verified('Pi', 3)],
      'Pi',
      ['a1'],
      'newestVerified',
    ],
    [
      'the verified before what nobody verified',
      'name',
      verified('P', 1),
      [{ name: 'Pine Ltd' }],
      'P',
      ['s'],
      'newestVerified',
    ],
    [
      'the longest where all were verified at once',
      'name',
      verified('P', 1),
      [verified('Pine', 1)],
      'Pine',
      ['a1'],
      'longest',
    ],
    [
      'the newest verified of those that have a value',
      'website',
      { website: 'https://a.example', lastVerifiedAt: '2026-01-01T00:00:00.000Z' },
      [{ website: 'https://b.example' }, verified('x', 5)],
      'https://a.example',
      ['s'],
      'newestVerified',
    ],
    [
      'the address with most parts',
      'address',
      { address: { city: '上海市', street: '南京东路一百号长长长长' } },
      [{ address: { country: 'CN', city: '上海市', street: '1' } }],
      { country: 'CN', city: '上海市', street: '1' },
      ['a1'],
      'mostComplete',
    ],
    ['the survivor’s of two choices', 'tier', { tier: 'B' }, [{ tier: 'A' }], 'B', ['s'], 'survivor'],
    ['the other’s choice where the survivor has none', 'tier', {}, [{ tier: 'A' }], 'A', ['a1'], 'onlyValue'],
    ['the first other’s where several have one', 'tier', {}, [{ tier: 'A' }, { tier: 'C' }], 'A', ['a1'], 'onlyValue'],
    [
      'the survivor’s of two codes, however long',
      'taxId',
      { taxId: 'AB12' },
      [{ taxId: 'AB12-34' }],
      'AB12',
      ['s'],
      'survivor',
    ],
    [
      'the later of two last times',
      'lastContactedAt',
      { lastContactedAt: '2026-01-01T00:00:00.000Z' },
      [{ lastContactedAt: '2026-03-01T00:00:00.000Z' }],
      '2026-03-01T00:00:00.000Z',
      ['a1'],
      'latest',
    ],
    [
      'both lists, each entry once',
      'tags',
      { tags: ['x', 'y'] },
      [{ tags: ['y', 'z'] }],
      ['x', 'y', 'z'],
      ['s', 'a1'],
      'united',
    ],
    [
      'external ids of all',
      'externalIds',
      { externalIds: [{ system: 'erp', id: '1' }] },
      [
        {
          externalIds: [
            { system: 'erp', id: '2' },
            { system: 'erp', id: '1' },
          ],
        },
      ],
      [
        { system: 'erp', id: '1' },
        { system: 'erp', id: '2' },
      ],
      ['s', 'a1'],
      'united',
    ],
  ])('%s', (_, field, own, others, value, from, why) => {
    const { fields, decisions } = survive(own, others)
    expect(fields[field]).toEqual(value)
    expect(decisions.find(decision => decision.field === field)).toEqual({ field, from, why })
  })

  it('amounts and numbers stay the survivor’s unless it has none', () => {
    const [big, small] = [
      { amount: '9', currency: 'CNY' },
      { amount: '1', currency: 'CNY' },
    ]
    const both = survive({ revenue: small, staff: 3 }, [{ revenue: big, staff: 9 }], { object: money })
    expect(both.fields).toEqual({ revenue: small, staff: 3 })
    expect(survive({}, [{ revenue: big, staff: 9 }], { object: money }).fields).toEqual({ revenue: big, staff: 9 })
  })

  it('a choice goes before every rule, and clears what the chosen record has not', () => {
    const chosen = { name: 'a1', tags: 's', tier: 'a1' }
    const { fields, decisions } = survive(
      { name: 'Evergreen Ltd', tags: ['x'], tier: 'A' },
      [{ name: 'E', tags: ['y'] }],
      { chosen },
    )
    expect(fields).toEqual({ name: 'E', tags: ['x'] })
    expect(decisions.map(({ why }) => why)).toEqual(['chosen', 'chosen', 'chosen'])
  })

  it('tells nothing of fields on which all agree, or that only the survivor has', () => {
    const { decisions } = survive({ name: 'A', tier: 'A', tags: ['x'] }, [{ name: 'A' }])
    expect(decisions).toEqual([])
  })

  it('a field that may not be changed keeps the survivor’s value, or none', () => {
    const { fields, decisions } = survive({ name: 'A' }, [{ name: 'Abc', tier: 'A' }], { readOnly: ['name', 'tier'] })
    expect(fields).toEqual({ name: 'A' })
    expect(decisions.map(({ field, why }) => `${field} ${why}`)).toEqual(['name notEditable', 'tier notEditable'])
  })

  it('keeps the primary e-mail of the survivor, and one of the others’ where it has none', () => {
    const mail = (value: string, primary: boolean) => ({ value, primary, status: 'unverified' })
    const own = { emails: [mail('a@x.example', false), mail('b@x.example', true)] }
    const other = { emails: [mail('B@x.example', true), mail('c@x.example', true)] }
    const primaryIn = ({ fields }: { fields: JsonObject }) =>
      (fields['emails'] as { value: string; primary: boolean }[]).flatMap(each => (each.primary ? [each.value] : []))
    expect(primaryIn(survive(own, [other]))).toEqual(['b@x.example'])
    expect(survive(own, [other]).fields['emails']).toHaveLength(3)
    expect(primaryIn(survive({ name: 'A' }, [other, own]))).toEqual(['B@x.example'])
  })

  it('a refusal of consent counts when it is the later word', () => {
    const consent = (status: string, at: string) => ({ consent: [{ channel: 'email', status, at }] })
    const [granted, denied] = [
      consent('granted', '2026-01-01T00:00:00.000Z'),
      consent('denied', '2026-02-01T00:00:00.000Z'),
    ]
    for (const [own, other] of [
      [granted, denied],
      [denied, granted],
    ] as const)
      expect(survive(own, [other], { object: contact }).fields).toEqual(denied)
  })

  it('the team comes with the owner', () => {
    const own = { ownerId: 'user_1' }
    const other = { ownerId: 'user_2', teamId: 'team_2' }
    expect(survive(own, [other]).fields).toEqual(own)
    expect(survive(own, [other], { chosen: { ownerId: 'a1' } }).fields).toEqual(other)
    expect(survive({}, [other]).fields).toEqual(other)
  })

  it('says which lists would have more entries than they may', () => {
    const tags = Array.from({ length: 51 }, (_, i) => `t${i}`)
    expect(overflows(customer, { tags, name: 'x' })).toEqual([{ field: 'tags', entries: 51, most: 50 }])
    expect(overflows(customer, { tags: tags.slice(1) })).toEqual([])
  })
})
