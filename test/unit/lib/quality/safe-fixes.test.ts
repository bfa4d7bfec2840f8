import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { safeFixes } from '#lib/quality/safe-fixes.ts'
import type { FixKind } from '#lib/quality/types.ts'
import { typeOf } from '#lib/records/fields/types.ts'
import { defineObject } from '#schemas/definition.ts'
import type { Json, JsonObject } from '#schemas/json.ts'
import { contact } from '#schemas/objects/contact.ts'
import { customer } from '#schemas/objects/customer.ts'
import { defaultPolicy } from '#schemas/settings.ts'
import {
  invalidEmails,
  invalidPhones,
  mendableEmails,
  mendablePhones,
  rightNames,
  validEmails,
  validPhones,
} from '../../../reliability/cleanup-values.ts'

const all = { ...defaultPolicy.cleanup.fixes, phoneRegion: 'CN' }
const fixed = (fields: JsonObject, allowed = all, object = customer) => {
  const fixes = safeFixes(object, { fields }, allowed)
  const after = { ...fields }
  for (const { field, from, to } of fixes) {
    expect(after[field]).toEqual(from)
    after[field] = to
  }
  return { kinds: fixes.map(({ kind, field }) => `${kind} ${field}`), after }
}
const digits = (count: number) => '4271836590'.slice(0, count)

describe('what is fixed', () => {
  it.each<[kinds: string[], before: JsonObject, after: JsonObject]>([
    [['trim name'], { name: ' \u3000上海明日\u00a0\ufeff' }, { name: '上海明日' }],
    [['normalizeWidth name'], { name: 'ＡＢＣ（中国）２０２６' }, { name: 'ABC（中国）2026' }],
    [['trim name', 'normalizeWidth name'], { name: ' Ａ ' }, { name: 'A' }],
    [
      ['trim address', 'normalizeWidth address'],
      { address: { country: 'CN', city: '上海 ', street: '人民路１号' } },
      { address: { country: 'CN', city: '上海', street: '人民路1号' } },
    ],
    [['emailCase emails'], { emails: [{ value: 'Li@EXAMPLE.cn' }] }, { emails: [{ value: 'Li@example.cn' }] }],
    [['trim emails'], { emails: [{ value: ' li@example.cn' }] }, { emails: [{ value: 'li@example.cn' }] }],
    [
      ['normalizeWidth emails', 'emailCase emails'],
      { emails: [{ value: 'ｌｉ＠EXAMPLE。ｃｎ' }] },
      { emails: [{ value: 'li@example.cn' }] },
    ],
    [
      ['normalizeWidth emails'],
      { emails: [{ value: 'mailto:li@example.cn' }] },
      { emails: [{ value: 'li@example.cn' }] },
    ],
    [
      ['emailCase emails', 'dropRepeated emails'],
      {
        emails: [
          { value: 'li@example.cn', primary: false },
          { value: 'li@EXAMPLE.cn', primary: true },
        ],
      },
      { emails: [{ value: 'li@example.cn', primary: true }] },
    ],
    [
      ['phoneFormat phones'],
      { phones: [{ value: '139 1207 7502', primary: true }] },
      { phones: [{ value: '+8613912077502', entered: '139 1207 7502', primary: true }] },
    ],
    [
      ['phoneFormat phones'],
      { phones: [{ value: '021-58880000转6' }] },
      { phones: [{ value: '+862158880000', entered: '021-58880000转6', extension: '6' }] },
    ],
    [
      ['phoneFormat phones'],
      { phones: [{ value: '+8602088880000', entered: '020 8888 0000' }] },
      { phones: [{ value: '+862088880000', entered: '020 8888 0000' }] },
    ],
    [['urlScheme website'], { website: 'www.example.cn/a' }, { website: 'https://www.example.cn/a' }],
    [['urlScheme website'], { website: '例子.中国' }, { website: 'https://例子.中国' }],
    [['trim website'], { website: ' https://example.cn ' }, { website: 'https://example.cn' }],
    [['trim tags', 'dropRepeated tags'], { tags: ['vip', ' vip'] }, { tags: ['vip'] }],
  ])('%j', (kinds, before, after) => {
    expect(fixed(before)).toEqual({ kinds, after })
  })

  it.each(mendableEmails.map(make => make('li')))('e-mail %j becomes %j', (before, value) => {
    expect(fixed({ emails: [{ value: before }] }).after).toEqual({ emails: [{ value }] })
  })

  it.each(mendablePhones.map(make => make(digits)))('phone %j', ({ value: entered, entered: value, extension }) => {
    const parts = extension === undefined ? {} : { extension }
    expect(fixed({ phones: [{ value: entered }] }).after).toEqual({ phones: [{ value, entered, ...parts }] })
  })

  it.each<[FixKind, JsonObject]>([
    ['trim', { name: ' a' }],
    ['normalizeWidth', { name: 'Ａ' }],
    ['emailCase', { emails: [{ value: 'a@B.cn' }] }],
    ['phoneFormat', { phones: [{ value: '13912077502' }] }],
    ['urlScheme', { website: 'example.cn' }],
    ['dropRepeated', { tags: ['a', 'a'] }],
  ])('%s is not done where the policy forbids it', (kind, fields) => {
    expect(fixed(fields).kinds).toHaveLength(1)
    expect(fixed(fields, { ...all, [kind]: false })).toEqual({ kinds: [], after: fields })
  })
})

describe('what stays as it is', () => {
  it.each<[string, JsonObject]>([
    ...rightNames.map((make): [string, JsonObject] => ['a right name', { name: make('明日') }]),
    ...validEmails.map((make): [string, JsonObject] => ['a right e-mail', { emails: [{ value: make('li') }] }]),
    ...invalidEmails.map((make): [string, JsonObject] => ['a wrong e-mail', { emails: [{ value: make('li') }] }]),
    ...validPhones.map((make): [string, JsonObject] => ['a right phone', { phones: [{ ...make(digits) }] }]),
    ...invalidPhones.map((make): [string, JsonObject] => ['a wrong phone', { phones: [{ value: make(digits) }] }]),
    ['a hotline, which has no international form', { phones: [{ value: '95588' }, { value: '12345' }] }],
    ['a number in a sentence', { phones: [{ value: '请拨打13912077502' }] }],
    ['two numbers in one text', { phones: [{ value: '13912077502 / 13912077503' }] }],
    [
      'a number of somebody abroad, which may be of either country',
      { phones: [{ value: '2125551234' }], address: { country: 'US' } },
    ],
    ['an extension that contradicts the text', { phones: [{ value: '021-58880000转6', extension: '7' }] }],
    ['the part of an address before the @', { emails: [{ value: 'Li.Na@example.cn' }, { value: 'li.na@example.cn' }] }],
    [
      'two entries with labels of their own',
      {
        phones: [
          { value: '+8613912077502', label: '办公' },
          { value: '+8613912077502', label: '家' },
        ],
      },
    ],
    [
      'two extensions of one switchboard',
      {
        phones: [
          { value: '+862158880000', extension: '1' },
          { value: '+862158880000', extension: '2' },
        ],
      },
    ],
    [
      'an entry of which one is known to be valid and the other not',
      {
        emails: [
          { value: 'a@b.cn', status: 'valid' },
          { value: 'a@b.cn', status: 'invalid' },
        ],
      },
    ],
    ['text in the place of a website', { website: '微信公众号' }],
    ['an e-mail in the place of a website', { website: 'li@example.cn' }],
    ['a number in the place of a website', { website: '3.14' }],
    ['another scheme', { website: 'ftp://example.cn' }],
    ['spaces inside a name', { name: '张　伟  Zhang' }],
    ['a name of spaces only, which no fix may clear', { name: '   ' }],
    ['an identifier', { taxId: ' ９１３１ ', externalIds: [{ system: 'erp', id: ' 1 ' }] }],
    ['an object that is none', { emails: 'x', phones: 5, address: [], tags: { a: 1 }, name: null }],
  ])('%s', (_what, fields) => {
    expect(safeFixes(customer, { fields }, all)).toEqual([])
  })

  it('what the server sets is its own', () => {
    const label = { en: 'x', zh: 'x' }
    const fields = { name: { type: 'text', label }, note: { type: 'text', label, readOnly: true } } as const
    const names = { name: 'thing', plural: 'things', prefix: 'thing', label, pluralLabel: label, titleField: 'name' }
    expect(safeFixes(defineObject({ ...names, fields }), { fields: { note: ' a ' } }, all)).toEqual([])
  })
})

const wild = fc.oneof(
  fc.string({ unit: fc.constantFrom(...' \u3000Ａａ１aB.@＠。-+（）\ufeff例cn') }),
  fc.constantFrom(...mendableEmails.map(make => make('li')[0]), ...mendablePhones.map(make => make(digits).value)),
)
const entries = fc.array(
  fc.record({
    value: wild,
    primary: fc.boolean(),
    label: fc.option(fc.constantFrom('a', 'b'), { nil: undefined as never }),
  }),
)
const anyFields = fc.record({ name: wild, emails: entries, phones: entries, tags: fc.array(wild), title: wild })

describe('every fix', () => {
  it('is worked out whatever a record holds', () => {
    const field = fc.constantFrom(...Object.keys(contact.fields))
    fc.assert(
      fc.property(fc.dictionary(field, fc.jsonValue()), values => {
        const { after } = fixed(JSON.parse(JSON.stringify(values)), all, contact)
        expect(safeFixes(contact, { fields: after }, all)).toEqual([])
      }),
    )
  })

  it('leaves nothing to fix behind', () => {
    fc.assert(
      fc.property(anyFields, values => {
        const { after } = fixed(JSON.parse(JSON.stringify(values)), all, contact)
        expect(safeFixes(contact, { fields: after }, all)).toEqual([])
      }),
      { numRuns: 500 },
    )
  })

  it('gives what the engine would store of it', async () => {
    const settings = { phoneRegion: 'CN', currency: 'CNY' }
    const stored = async (field: 'emails' | 'phones', value: string): Promise<Json> => {
      const definition = contact.fields[field]
      if (!definition) throw new Error(field)
      await typeOf(definition).prepare?.()
      const result = typeOf(definition).schema(definition, settings).safeParse([{ value }])
      return result.success && Array.isArray(result.data) ? ((result.data[0] as JsonObject)['value'] ?? null) : null
    }
    await fc.assert(
      fc.asyncProperty(wild, fc.constantFrom('emails', 'phones'), async (value, field) => {
        const { kinds, after } = fixed({ [field]: [{ value }] }, all, contact)
        const [entry] = after[field] as JsonObject[]
        const expected = kinds.length === 0 ? value : await stored(field, value)
        expect(entry?.['value']).toBe(expected)
      }),
      { numRuns: 500 },
    )
  })
})
