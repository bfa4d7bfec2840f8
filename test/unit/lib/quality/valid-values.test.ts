import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { evaluateQuality } from '#lib/quality/evaluate.ts'
import { typeOf } from '#lib/records/fields/types.ts'
import type { FieldDefinition } from '#schemas/definition.ts'
import type { Json, JsonObject } from '#schemas/json.ts'
import { customer } from '#schemas/objects/customer.ts'
import { defaultPolicy } from '#schemas/settings.ts'
import { invalidEmails, invalidPhones } from '../../../reliability/cleanup-values.ts'

const at = { now: new Date('2026-03-01T00:00:00.000Z'), policy: defaultPolicy, phoneRegion: 'CN' }
const time = '2026-02-01T00:00:00.000Z'
const rulesBroken = (fields: JsonObject, phoneRegion = 'CN') =>
  evaluateQuality(customer, { id: 'cust_1', fields, createdAt: time, updatedAt: time }, { ...at, phoneRegion })
    .findings.map(({ rule }) => rule)
    .filter(rule => rule === 'emailFormat' || rule === 'phoneInvalid')

describe('e-mail addresses', () => {
  it.each([
    'li.na@example.cn',
    'LI.NA@Example.CN',
    'a@b.cn',
    'li+crm@sub.example.com.cn',
    '13912077502@139.com',
    "o'brien@example.ie",
    '张伟@例子.中国',
    'li@例子.公司',
    'li@xn--fsqu00a.xn--fiqs8s',
    'li@münchen.de',
    'ｌｉ＠ｅｘａｍｐｌｅ．cn',
    'li@example。cn',
    ' li@example.cn ',
    '<li@example.cn>',
    'mailto:li@example.cn',
    `${'a'.repeat(64)}@example.cn`,
    'li@a-b.example.photography',
    'li@123.com',
    'ß@straße.de',
  ])('%s is never called invalid', value => {
    expect(rulesBroken({ emails: [{ value }] })).toEqual([])
  })

  it.each([
    ...invalidEmails.map(make => make('li')),
    'li@example。',
    'li@xn--',
    '',
    '@',
    'li@a..cn',
    '"li na"@example.cn',
  ])('%s is found', value => {
    expect(rulesBroken({ emails: [{ value: 'ok@example.cn', primary: true }, { value }] })).toEqual(['emailFormat'])
  })

  it('what the engine takes is never called invalid', async () => {
    await expectTaken('emails', { type: 'emails', label: { en: 'x', zh: 'x' } }, fc.emailAddress())
  })

  it.each<[string, Json]>([
    ['a list of texts', ['nobody']],
    ['a text', 'nobody'],
    ['a number', 5],
    ['an entry without a value', [{ primary: true }]],
    ['null in a list', [null]],
  ])('%s is no list of addresses', (_what, emails) => {
    expect(rulesBroken({ emails })).toEqual(['emailFormat'])
  })

  it('one that somebody marked invalid is found', () => {
    expect(rulesBroken({ emails: [{ value: 'li@example.cn', status: 'invalid' }] })).toEqual(['emailFormat'])
  })
})

describe('phone numbers', () => {
  it.each([
    '+8613912077502',
    '139 1207 7502',
    '（０１０）６２３４５６７８',
    '+861062345678',
    '010-62345678',
    '010-62345678-801',
    '021-58880000转6',
    '0755-88888888',
    '0311-88888888',
    '0991-2345678',
    '400-812-3456',
    '4008123456',
    '+864008123456',
    '800-810-0000',
    '95588',
    '10086',
    '12345',
    '12315',
    '110',
    '96121',
    '+8695588',
    '010-95588',
    '+8614912345678',
    '14712345678',
    '17012345678',
    '+8616212345678',
    '+8619212345678',
    '+8617401234567',
    '+861064812345678',
    '0086-139-1207-7502',
    '＋８６　１３９１２０７７５０２',
    '一三九一二〇七七五〇二',
    '+85223456789',
    '+85266123456',
    '+85328712345',
    '+886912345678',
    '+12125551234',
    '+442079460018',
    '+80012345678',
    '+6591234567',
  ])('%s is never called invalid', value => {
    expect(rulesBroken({ phones: [{ value }] })).toEqual([])
  })

  it.each([
    ...invalidPhones.map(make => make(count => '1234567890'.slice(0, count))).filter(value => value !== '95588'),
    '+8613912077502 / +8613912077503',
    '+861391207750',
    '+86139120775021',
    '+8612912077502',
    '+86201234567',
    '010-612345678',
    '请拨打13912077502',
    'call 13912077502 after six',
    '400-812-34567',
    '+1',
    '',
  ])('%s is found', value => {
    expect(rulesBroken({ phones: [{ value: '+8613912077502', primary: true }, { value }] })).toEqual(['phoneInvalid'])
  })

  it('a short number of China is one in China only', () => {
    expect(rulesBroken({ phones: [{ value: '95588' }] }, 'DE')).toEqual(['phoneInvalid'])
  })

  it('one that somebody found to answer is valid even where no plan knows it', () => {
    expect(rulesBroken({ phones: [{ value: '+8617412345678', status: 'valid' }] })).toEqual([])
    expect(rulesBroken({ phones: [{ value: '+8617412345678', status: 'unverified' }] })).toEqual(['phoneInvalid'])
    expect(rulesBroken({ phones: [{ value: 'nonsense', status: 'valid' }] })).toEqual(['phoneInvalid'])
  })

  it('one that somebody marked invalid is found', () => {
    expect(rulesBroken({ phones: [{ value: '+8613912077502', status: 'invalid' }] })).toEqual(['phoneInvalid'])
  })

  it.each(['14912345678', '17401234567', '16712345678', '400-812-3456', '010-95588'])(
    'the engine takes %s without calling it invalid',
    async value => {
      expect(await stored({ type: 'phones', label: { en: 'x', zh: 'x' } }, value)).toMatchObject([
        { status: 'unverified' },
      ])
    },
  )

  it('what the engine takes without doubt is never called invalid', async () => {
    const mobile = fc.integer({ min: 13_000_000_000, max: 19_999_999_999 }).map(String)
    await expectTaken('phones', { type: 'phones', label: { en: 'x', zh: 'x' } }, mobile)
  })
})

async function stored(field: FieldDefinition, value: string): Promise<Json> {
  const type = typeOf(field)
  await type.prepare?.()
  const result = type.schema(field, { phoneRegion: 'CN', currency: 'CNY' }).safeParse([{ value }])
  return result.success ? result.data : []
}

async function expectTaken(name: string, field: FieldDefinition, values: fc.Arbitrary<string>): Promise<void> {
  await fc.assert(
    fc.asyncProperty(values, async value => {
      const list = await stored(field, value)
      const entries = (Array.isArray(list) ? list : []) as JsonObject[]
      expect(rulesBroken({ [name]: entries.filter(({ status }) => status !== 'invalid') })).toEqual([])
    }),
    { numRuns: 300 },
  )
}
