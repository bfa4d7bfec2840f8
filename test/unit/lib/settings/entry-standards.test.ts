import { describe, expect, it } from 'vitest'
import { brokenStandards, withFound } from '#lib/settings/entry-standards.ts'
import { contact } from '#schemas/objects/contact.ts'
import { customer } from '#schemas/objects/customer.ts'

const mobile = { regex: '\\+861[3-9]\\d{9}', message: '请填写手机号码。' }

describe('Entry standards', () => {
  it.each([
    ['nothing decided', {}, { name: 'A' }, []],
    ['a required field that has a value', { industry: { required: true as const } }, { industry: 'retail' }, []],
    ['a required field without one', { industry: { required: true as const } }, {}, ['industry required']],
    ['an empty field that is not required', { website: { minLength: 20, pattern: mobile } }, {}, []],
    ['an allowed value', { tier: { allowed: ['A', 'B'] } }, { tier: 'B' }, []],
    ['another value', { tier: { allowed: ['A', 'B'] } }, { tier: 'C' }, ['tier not_allowed']],
    ['one tag that is not allowed', { tags: { allowed: ['vip'] } }, { tags: ['vip', 'new'] }, ['tags not_allowed']],
    ['a text that is too short', { name: { minLength: 4 } }, { name: '华星' }, ['name too_short']],
    ['characters counted as people count them', { name: { minLength: 2 } }, { name: '𠮷' }, ['name too_short']],
    [
      'a list with too few entries',
      { phones: { minLength: 2 } },
      { phones: [{ value: '+8613912345678' }] },
      ['phones too_short'],
    ],
    ['a phone that fits', { phones: { pattern: mobile } }, { phones: [{ value: '+8613912345678' }] }, []],
    [
      'one phone of two that does not fit',
      { phones: { pattern: mobile } },
      { phones: [{ value: '+8613912345678' }, { value: '+86216888' }] },
      ['phones invalid_format'],
    ],
    ['a field that no longer exists', { faxNumber: { required: true as const } }, {}, []],
    [
      'every rule of a field',
      { name: { minLength: 9, pattern: mobile, allowed: ['X'] } },
      { name: 'A' },
      ['name not_allowed', 'name invalid_format', 'name too_short'],
    ],
  ])('%s', (_, standards, fields, expected) => {
    const broken = brokenStandards(customer, fields, standards)
    expect(broken.map(({ field, code }) => `${field} ${code}`)).toEqual(expected)
  })

  it('name the field and the fix, in the words of the tenant', () => {
    const fields = { phones: [{ value: '+86216888' }], title: 'Boss' }
    const standards = {
      phones: { pattern: mobile },
      title: { allowed: ['经理', '总监'] },
      birthday: { required: true as const },
    }
    expect(brokenStandards(contact, fields, standards).map(withFound)).toEqual([
      'title must be one of 经理, 总监 by the entry standards, not "Boss".',
      'phones is not as the entry standards want it: 请填写手机号码.',
      'birthday is required by the entry standards; give it a value.',
    ])
  })

  it('quote what was entered only where it is asked for', () => {
    const [broken] = brokenStandards(contact, { title: 'Boss' }, { title: { allowed: ['经理'] } })
    expect(broken).toMatchObject({ detail: 'title must be one of 经理 by the entry standards.', found: 'Boss' })
  })
})
