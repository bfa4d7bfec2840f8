import { describe, expect, it } from 'vitest'
import type { FieldOf } from '#schemas/definition.ts'
import { isJsonObject } from '#schemas/json.ts'
import { checkField, label } from './check-field.ts'

const phones: FieldOf<'phones'> = { type: 'phones', label }
const inRegion = (phoneRegion: string) => ({ phoneRegion, currency: 'CNY' })

describe('phones', () => {
  it.each([
    ['a mobile number', '13912077502', '+8613912077502'],
    ['full-width digits', '１３９１２０７７５０２', '+8613912077502'],
    ['Chinese digits', '一三九一二〇七七五〇二', '+8613912077502'],
    ['Chinese digits with 零', '一三九一二零七七五零二', '+8613912077502'],
    ['spaces', '139 1207 7502', '+8613912077502'],
    ['hyphens', '139-1207-7502', '+8613912077502'],
    ['an international number', '+86 139 1207 7502', '+8613912077502'],
    ['00 for the plus', '0086-13912077502', '+8613912077502'],
    ['86 without the plus', '86 13912077502', '+8613912077502'],
    ['a tel: link', 'tel:+8613912077502', '+8613912077502'],
    ['words before it', '电话：13912077502', '+8613912077502'],
    ['invisible marks of a paste', '\u202a13912077502\u202c', '+8613912077502'],
    ['a landline', '010-62345678', '+861062345678'],
    ['a landline with a long dash', '010—62345678', '+861062345678'],
    ['a landline in full-width brackets', '（010）62345678', '+861062345678'],
    ['a 400 number', '400-810-1234', '+864008101234'],
    ['Hong Kong', '+852 9123 4567', '+85291234567'],
    ['Hong Kong with 00', '00852 9123 4567', '+85291234567'],
    ['America', '+1 (415) 555-2671', '+14155552671'],
    ['Britain', '+44 20 7946 0018', '+442079460018'],
  ])('%s becomes E.164, the text as typed is kept', async (_what, value, stored) => {
    const entered = value.replaceAll(/\p{Cf}/gu, '')
    expect(await checkField(phones, [{ value }])).toEqual([
      { value: stored, entered, primary: true, status: 'unverified' },
    ])
  })

  it.each([
    ['转', '010-62345678转801', '801'],
    ['转 with spaces', '010-62345678 转 801', '801'],
    ['traditional 轉', '010-62345678轉801', '801'],
    ['分机', '010-62345678分机:801', '801'],
    ['full-width 转', '０１０－６２３４５６７８转８０１', '801'],
    ['ext', '010-62345678 ext 801', '801'],
    ['RFC 3966', '+861062345678;ext=801', '801'],
    ['a second hyphen', '010-62345678-801', '801'],
    ['a second hyphen after +86', '+86-10-62345678-801', '801'],
    ['a second hyphen after brackets', '（010）62345678-801', '801'],
  ])('an extension after %s', async (_what, value, extension) => {
    expect(await checkField(phones, [{ value }])).toMatchObject([{ value: '+861062345678', entered: value, extension }])
  })

  it.each([
    ['HK', '9123 4567', '+85291234567'],
    ['US', '(415) 555-2671', '+14155552671'],
    ['CN', '010 6234 5678', '+861062345678'],
    ['GB', '020 7946 0018', '+442079460018'],
    ['JP', '090-1234-5678', '+819012345678'],
  ])('a number without a country code belongs to the tenant region %s', async (region, value, stored) => {
    expect(await checkField(phones, [{ value }], inRegion(region))).toMatchObject([{ value: stored }])
  })

  it.each([
    ['letters', 'abc'],
    ['nothing', ''],
    ['five digits', '12345'],
    ['18 digits', '999999999999999999'],
    ['stars', '139****7502'],
    ['two numbers', '13912077502,13800000000'],
    ['two numbers with a slash', '139 1207 7502 / 138 0000 0000'],
    ['an extension of 12 digits', '010-62345678 ext. 123456789012'],
  ])('%s is refused', async (_what, value) => {
    expect(await checkField(phones, [{ value }])).toBe('/value/0/value invalid_phone')
  })

  it.each([
    ['61 characters', [{ value: '1'.repeat(61) }], '/value/0/value too_long'],
    ['half of a surrogate pair', [{ value: '13912077502\ud800' }], '/value/0/value invalid_text'],
    ['a control character as entered', [{ value: '13912077502', entered: '\u0000' }], '/value/0/entered invalid_text'],
    ['a bell in a label', [{ value: '13912077502', label: '\u0007' }], '/value/0/label invalid_text'],
    ['letters for an extension', [{ value: '13912077502', extension: 'x' }], '/value/0/extension invalid_format'],
    ['a number for a value', [{ value: 13912077502 }], '/value/0/value invalid_type'],
    ['an unknown member', [{ value: '13912077502', type: 'mobile' }], '/value/0/type unknown_field'],
    ['a second bad entry', [{ value: '13912077502' }, { value: 'x' }], '/value/1/value invalid_phone'],
    ['21 numbers', Array.from({ length: 21 }, (_, i) => ({ value: `139120775${10 + i}` })), '/value too_big'],
  ])('%s is refused', async (_what, value, problem) => {
    expect(await checkField(phones, value)).toBe(problem)
  })

  it.each([
    ['a mobile number that no operator has', '12391207750', 'invalid'],
    ['an area code without such numbers', '021-6234567', 'invalid'],
    ['a number that can be dialled', '13912077502', 'unverified'],
  ])('%s is kept with its status', async (_what, value, status) => {
    expect(await checkField(phones, [{ value }])).toMatchObject([{ entered: value, status }])
  })

  it('what a client reads can be sent back unchanged', async () => {
    const given = [
      { value: '１３９１２０７７５０２', label: '手机' },
      { value: '010-62345678转801', status: 'valid' },
    ]
    const stored = await checkField(phones, given)
    expect(await checkField(phones, stored)).toEqual(stored)
  })

  it('extensions of one switchboard are numbers of their own; the same number twice is one', async () => {
    const value = ['010-62345678转801', '010-62345678转802', '01062345678 转801'].map(text => ({ value: text }))
    const stored = await checkField(phones, value)
    expect([stored].flat().map(entry => isJsonObject(entry) && entry['extension'])).toEqual(['801', '802'])
  })
})
