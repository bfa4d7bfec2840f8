import { describe, expect, it } from 'vitest'
import type { FieldOf } from '#schemas/definition.ts'
import { checkField, label } from './check-field.ts'

const emails: FieldOf<'emails'> = { type: 'emails', label }
const one = (value: string) => [{ value, primary: true, status: 'unverified' }]

describe('e-mails', () => {
  it.each([
    ['a plain one', 'li.na@example.cn', 'li.na@example.cn'],
    ['the domain goes to lower case, the name does not', 'Li.Na@Example.CN', 'Li.Na@example.cn'],
    ['full-width characters', 'ｌｉ．ｎａ＠ｅｘａｍｐｌｅ．ｃｎ', 'li.na@example.cn'],
    ['a Chinese full stop for the dot', 'li@example。cn', 'li@example.cn'],
    ['spaces around', ' li@example.cn ', 'li@example.cn'],
    ['a mailto link', 'mailto:li@example.cn', 'li@example.cn'],
    ['angle brackets of a mail program', '<li@example.cn>', 'li@example.cn'],
    ['invisible marks of a paste', '\u202ali@example.cn\u202c', 'li@example.cn'],
    ['a Chinese domain', 'li@例子.中国', 'li@例子.中国'],
    ['a Chinese name', '李娜@例子.中国', '李娜@例子.中国'],
    ['a German domain', 'post@straße.de', 'post@straße.de'],
    ['an apostrophe and a plus', "o'brien+crm@ex-ample.co.uk", "o'brien+crm@ex-ample.co.uk"],
    ['digits', '10086@139.com', '10086@139.com'],
    ['the longest name', `${'x'.repeat(64)}@b.cn`, `${'x'.repeat(64)}@b.cn`],
  ])('%s is taken', async (_what, value, stored) => {
    expect(await checkField(emails, [{ value }])).toEqual(one(stored))
  })

  it.each([
    ['no at sign', 'li.na'],
    ['no name', '@example.cn'],
    ['no domain', 'li@'],
    ['a domain without a dot', 'li@localhost'],
    ['two dots', 'li..na@example.cn'],
    ['a dot before the at sign', 'pingcheng.@example.cn'],
    ['a dot first', '.li@example.cn'],
    ['a space inside', 'li na@example.cn'],
    ['quotes', '"li na"@example.cn'],
    ['an address in brackets', 'li@[192.168.0.1]'],
    ['a number for a domain', 'li@192.168.0.1'],
    ['a domain that ends in a dot', 'li@example.cn.'],
    ['a domain label that starts with a hyphen', 'li@-example.cn'],
    ['an underscore in the domain', 'li@ex_ample.cn'],
    ['a name of 65 characters', `${'x'.repeat(65)}@b.cn`],
    [
      '255 characters',
      `li@${'x'.repeat(60)}.${'y'.repeat(60)}.${'z'.repeat(60)}.${'w'.repeat(60)}.${'v'.repeat(10)}.cn`,
    ],
    ['two addresses', 'a@b.cn;c@d.cn'],
    ['a name with an address', '李娜 <li@example.cn>'],
    ['half of a surrogate pair', 'a\ud800@b.cn'],
    ['half of a surrogate pair in the domain', 'a@b\ud800.cn'],
    ['a domain of a million characters', `a@${'中'.repeat(1_000_000)}.cn`],
    ['an empty text', ''],
  ])('%s is refused', async (_what, value) => {
    expect(await checkField(emails, [{ value }])).toBe('/value/0/value invalid_email')
  })

  it.each([
    ['a text', 'a@b.cn', '/value invalid_type'],
    ['one entry without a list', { value: 'a@b.cn' }, '/value invalid_type'],
    ['texts in the list', ['a@b.cn'], '/value/0 invalid_type'],
    ['an entry without a value', [{ label: 'work' }], '/value/0/value invalid_type'],
    ['an unknown member', [{ value: 'a@b.cn', kind: 'work' }], '/value/0/kind unknown_field'],
    ['an unknown status', [{ value: 'a@b.cn', status: 'ok' }], '/value/0/status invalid_value'],
    ['a control character in a label', [{ value: 'a@b.cn', label: 'a\u0000' }], '/value/0/label invalid_text'],
    ['half of a surrogate pair in a label', [{ value: 'a@b.cn', label: '\ud800' }], '/value/0/label invalid_text'],
    ['a label of 41 characters', [{ value: 'a@b.cn', label: 'x'.repeat(41) }], '/value/0/label too_long'],
    ['21 addresses', Array.from({ length: 21 }, (_, i) => ({ value: `a${i}@b.cn` })), '/value too_big'],
    [
      'each bad entry of several',
      [{ value: 'a@b.cn' }, { value: 'x' }, { value: 'y' }],
      '/value/1/value invalid_email, /value/2/value invalid_email',
    ],
    ['no entries', [], 'cleared'],
  ])('%s', async (_what, value, problem) => {
    expect(await checkField(emails, value)).toBe(problem)
  })

  it('the first of equal addresses stays, in the order they were given', async () => {
    const value = [{ value: 'a@b.cn', label: 'work' }, { value: 'c@d.cn' }, { value: 'A@B.cn', label: 'home' }]
    expect(await checkField(emails, value)).toEqual([
      { value: 'a@b.cn', label: 'work', primary: true, status: 'unverified' },
      { value: 'c@d.cn', primary: false, status: 'unverified' },
    ])
  })

  it.each([
    ['the one marked', [false, true, false], [false, true, false]],
    ['the first of several marked', [false, true, true], [false, true, false]],
    ['the first when none is marked', [false, false, false], [true, false, false]],
  ])('exactly one is primary: %s', async (_which, given, stored) => {
    const value = given.map((primary, i) => ({ value: `a${i}@b.cn`, primary }))
    const entries = await checkField(emails, value)
    expect(entries).toMatchObject(stored.map(primary => ({ primary })))
  })

  it('an address given twice is primary when either of the two is marked', async () => {
    const value = [{ value: 'a@b.cn' }, { value: 'c@d.cn' }, { value: 'a@b.cn', primary: true }]
    expect(await checkField(emails, value)).toMatchObject([
      { value: 'a@b.cn', primary: true },
      { value: 'c@d.cn', primary: false },
    ])
  })
})
