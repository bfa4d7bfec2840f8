import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { comparePair } from '#lib/duplicates/compare.ts'
import { defaultModel } from '#lib/duplicates/default-model.ts'
import { findDuplicates } from '#lib/duplicates/find-duplicates.ts'
import { keyLimitOf } from '#lib/duplicates/key-limit.ts'
import type { Comparable, DuplicatePair } from '#lib/duplicates/types.ts'
import { matchKeys } from '#lib/records/match-keys.ts'
import type { JsonObject } from '#schemas/json.ts'
import { contact } from '#schemas/objects/contact.ts'
import { customer } from '#schemas/objects/customer.ts'

const person = (more: JsonObject): JsonObject => ({
  name: '李媛辉',
  companyName: '郴州市众鑫商贸有限公司',
  emails: [{ value: 'liyh@mail.example' }],
  phones: [{ value: '+8613907721061' }],
  ...more,
})

function verdictOf(a: JsonObject, b: JsonObject, object = contact): string | undefined {
  return comparePair(object, defaultModel(object), [
    { id: 'a', fields: a },
    { id: 'b', fields: b },
  ])?.verdict
}

describe('two contacts', () => {
  it.each<[string, JsonObject, JsonObject, string | undefined]>([
    ['are one when all is the same', person({}), person({}), 'merge'],
    ['are one whatever the spelling', person({}), person({ name: 'Li Yuanhui', companyName: '眾鑫商貿' }), 'merge'],
    ['are one when the job changed', person({}), person({ companyName: '大投资保洁有限公司' }), 'merge'],
    ['are one by title and family name', person({}), person({ name: '李工' }), 'merge'],
    [
      'with another mobile number need a person',
      person({}),
      person({ phones: [{ value: '+8613800000000' }] }),
      'suggest',
    ],
    [
      'that share a phone only are two',
      person({}),
      person({ name: '王芳', emails: [{ value: 'wf@mail.example' }], companyName: '天宇' }),
      undefined,
    ],
    [
      'with the same name only are two',
      { name: '李媛辉', phones: [{ value: '+8613812345678' }] },
      { name: '李媛辉', phones: [{ value: '+8613987654321' }] },
      undefined,
    ],
    [
      'who are colleagues are two',
      person({}),
      { name: '王强', companyName: '众鑫商贸', phones: [{ value: '+8613911111111' }] },
      undefined,
    ],
  ])('%s', (_what, a, b, verdict) => {
    expect([verdictOf(a, b), verdictOf(b, a)]).toEqual([verdict, verdict])
  })
})

it('names of any length are compared at once', () => {
  const long = ['嗯诶'.repeat(100), 'en'.repeat(100), '行长'.repeat(100), `${'a '.repeat(99)}b`, '有限公司'.repeat(50)]
  const verdicts = long.flatMap(a => long.map(b => verdictOf({ name: a, companyName: a }, { name: b, companyName: b })))
  expect(verdicts).toHaveLength(25)
})

describe('two customers', () => {
  const company = {
    name: '岳阳市科陆电子数字股份有限公司',
    phones: [{ value: '+867308888888' }],
    taxId: '91430600MA4L16JQ9D',
  }
  it.each<[string, JsonObject, JsonObject, string | undefined]>([
    ['are one by name and phone', company, { ...company, name: '科陸電子數字', taxId: '' }, 'merge'],
    ['with different tax ids need a person', company, { ...company, taxId: '91110108MA01ABCD2X' }, 'suggest'],
    [
      'with the same name in different places are two',
      { name: '河南省顺达玻璃有限公司' },
      { name: '贵州省顺达玻璃有限公司' },
      undefined,
    ],
  ])('%s', (_what, a, b, verdict) => {
    expect(verdictOf(a, b, customer)).toBe(verdict)
  })
})

it('reasons are sentences without values, strongest first, each with its field', () => {
  const pair = comparePair(contact, defaultModel(contact), [
    { id: 'a', fields: person({}) },
    { id: 'b', fields: person({}) },
  ])
  expect(pair?.reasons.map(({ field, code, detail }) => [field, code, detail]).sort()).toEqual([
    ['companyName', 'employer.exact', 'They work for the same company.'],
    ['emails', 'email.exact', 'An e-mail address is the same.'],
    ['name', 'personName.exact', 'The names are the same.'],
    ['phones', 'mobile.exact', 'A mobile number is the same.'],
  ])
  const weights = pair?.reasons.map(({ weight }) => weight) ?? []
  expect(weights).toEqual(weights.toSorted((x, y) => Math.abs(y) - Math.abs(x)))
  expect(JSON.stringify(pair)).not.toMatch(/李|1390772|liyh/)
})

const fewNames = fc.constantFrom('李媛辉', '李媛晖', '李工', '王强', 'Li Yuanhui', 'Robert Allen', 'Rob Allen', '')
const fewPhones = fc.subarray(['+8613907721061', '+8613907721016', '+861062345678'])
const fewEmails = fc.subarray(['liyh@mail.example', 'li.yh@corp.example', 'info@corp.example'])
const records = fc
  .array(
    fc.record({
      name: fewNames,
      phones: fewPhones.map(list => list.map(value => ({ value }))),
      emails: fewEmails.map(list => list.map(value => ({ value }))),
      companyName: fc.constantFrom('众鑫商贸有限公司', '众鑫', '天宇科技', ''),
      address: fc.constantFrom<JsonObject>({ city: '北京' }, { city: 'London', street: '12 Main St' }, {}),
    }),
    { maxLength: 14 },
  )
  .map(list => list.map((fields, i): Comparable => ({ id: `c${String(i).padStart(2, '0')}`, fields })))

describe('findDuplicates', () => {
  it('gives the same answer whatever the order of the records', () => {
    fc.assert(
      fc.property(records, fc.infiniteStream(fc.nat()), (list, order) => {
        const shuffled = list.map(record => ({ record, at: order.next().value })).sort((a, b) => a.at - b.at)
        const [first, second] = [list, shuffled.map(({ record }) => record)].map(all => findDuplicates(contact, all))
        const sorted = (report = first) => report?.skippedKeys.map(key => JSON.stringify(key)).sort()
        expect(second?.pairs).toEqual(first?.pairs)
        expect(second?.model).toEqual(first?.model)
        expect(sorted(second)).toEqual(sorted(first))
      }),
    )
  })

  it('finds one by one, under the same model, what it finds at once', () => {
    fc.assert(
      fc.property(records, fc.integer({ min: 2, max: 6 }), (list, keyLimit) => {
        const { pairs, model } = findDuplicates(contact, list, { keyLimit })
        expect(oneByOne(list, keyLimit, model)).toEqual(pairs.map(keyOf).sort())
      }),
    )
  })

  it('a model survives JSON', () => {
    fc.assert(
      fc.property(records, list => {
        const { pairs, model } = findDuplicates(contact, list)
        expect(findDuplicates(contact, list, { model: JSON.parse(JSON.stringify(model)) }).pairs).toEqual(pairs)
      }),
      { numRuns: 20 },
    )
  })

  it('skips a key too many share and says so', () => {
    const shared = Array.from({ length: 60 }, (_, i) => ({
      id: `c${i}`,
      fields: { name: `${'赵钱孙李周吴郑王冯陈'[i % 10]}${i}`, phones: [{ value: '+8613907721061' }] },
    }))
    const { skippedKeys, compared } = findDuplicates(contact, shared)
    expect([skippedKeys, compared]).toEqual([[{ kind: 'phone', value: '+8613907721061', count: 60 }], 0])
  })

  it('a model holds no personal data', () => {
    const list = Array.from({ length: 40 }, (_, i) => ({ id: `c${i}`, fields: person({ title: `t${i}` }) }))
    expect(JSON.stringify(findDuplicates(contact, list).model)).not.toMatch(/李|辉|1390772|liyh/)
  })
})

/** Looks up each record's keys among all others, as an event consumer does with the stored match entries. */
function oneByOne(list: Comparable[], keyLimit: number, model: ReturnType<typeof defaultModel>): string[] {
  const keys = new Map(list.map(({ id, fields }) => [id, matchKeys(contact, fields).map(key => JSON.stringify(key))]))
  const found = new Map<string, DuplicatePair>()
  for (const record of list)
    for (const key of keys.get(record.id) ?? []) {
      const sharers = list.filter(({ id }) => keys.get(id)?.includes(key))
      const others =
        sharers.length > keyLimitOf(kindOf(key), keyLimit) ? [] : sharers.filter(({ id }) => id !== record.id)
      for (const other of others) {
        const pair = comparePair(contact, model, [record, other])
        if (pair) found.set(keyOf(pair), pair)
      }
    }
  return [...found.keys()].sort()
}

function kindOf(key: string): string {
  return JSON.parse(key).kind
}

function keyOf({ a, b, score, verdict }: DuplicatePair): string {
  return `${a} ${b} ${score} ${verdict}`
}
