import { describe, expect, it } from 'vitest'
import { parseStreet, streetKey } from '#lib/normalize/address.ts'
import { compareDates, type DateMatch } from '#lib/normalize/date.ts'
import { companyDomainOf, isDeskMailbox, mailboxOf, mailNameKey } from '#lib/normalize/email.ts'
import { type PhoneUse, phoneUse } from '#lib/normalize/phone.ts'
import { fold, withoutAccents } from '#lib/normalize/text.ts'

describe('mailboxOf', () => {
  it.each<[string, string, string]>([
    ['case', 'Li.Na@Corp.CN', 'li.na@corp.cn'],
    ['a tag', 'li.na+crm@corp.cn', 'li.na@corp.cn'],
    ['dots at Gmail', 'l.i.na+x@googlemail.com', 'lina@gmail.com'],
    ['full width', 'ｌｉ@corp.cn', 'li@corp.cn'],
    ['a mailbox that begins with plus', '+li@corp.cn', '+li@corp.cn'],
  ])('sets aside %s', (_what, email, mailbox) => {
    expect(mailboxOf(email)).toBe(mailbox)
  })

  it('keeps dots elsewhere', () => {
    expect(mailboxOf('li.na@corp.cn')).not.toBe(mailboxOf('lina@corp.cn'))
  })
})

it.each<[string, boolean]>([
  ['info@a.cn', true],
  ['sales2@a.cn', true],
  ['caigou@a.cn', true],
  ['no-reply@a.cn', true],
  ['infante@a.cn', false],
  ['li@a.cn', false],
])('%s: a desk is told from a person', (mailbox, isDesk) => {
  expect(isDeskMailbox(mailbox)).toBe(isDesk)
})

it.each<[string, string | undefined]>([
  ['li.na-2@a.cn', 'lina2'],
  ['li@a.cn', undefined],
  ['info@a.cn', undefined],
])('%s: what is carried to another domain is %s', (mailbox, key) => {
  expect(mailNameKey(mailbox)).toBe(key)
})

it.each<[string, string | undefined]>([
  ['a@Corp.cn', 'corp.cn'],
  ['a@qq.com', undefined],
  ['a@gmail.com', undefined],
])('%s: the company domain is %s', (email, domain) => {
  expect(companyDomainOf(email)).toBe(domain)
})

it.each<[string, PhoneUse]>([
  ['+8613912077502', 'mobile'],
  ['+861062345678', 'desk'],
  ['+8675588888888', 'desk'],
  ['+442079460018', 'unknown'],
])('%s is %s', (number, use) => {
  expect(phoneUse(number)).toBe(use)
})

it.each<[string, string, DateMatch]>([
  ['1956-04-09', '1956-04-09', 'same'],
  ['1956-04-09', '1956-04-08', 'slip'],
  ['1956-04-09', '1956-09-04', 'slip'],
  ['1956-04-09', '1965-04-09', 'slip'],
  ['1956-04-09', '1999-04-09', 'part'],
  ['1956-04-09', '1999-12-31', 'different'],
])('%s and %s are %s', (a, b, match) => {
  expect([compareDates(a, b), compareDates(b, a)]).toEqual([match, match])
})

describe('parseStreet', () => {
  it.each<[string, string]>([
    ['四川省樂山市五通橋區人民大道458號軟件園9層718室', '五通桥区人民大道458号软件园9层718'],
    ['双鸭山市尖山区建设路２３２号２９层１９１９室', '建设路232号29层1919室'],
    ['山东省菏泽市单县建设路885号创新大厦3层2271室', '建设路885#创新大厦3层2271'],
    ['文化路 356号21座2399室', '文化路356-21-2399'],
    ['人民路一二号', '人民路12号'],
    ['435 S. La Cienega Blvd.', '435 south la cienega boulevard'],
    ['12 Main St, Apt 4', '12 main street apartment 4'],
  ])('%s and %s are one', (a, b) => {
    expect(parseStreet(a)).toEqual(parseStreet(b))
  })

  it('a key needs a number and a name; a direction is not part of it', () => {
    expect(
      ['Main St', '12', '1972 N. Hillhurst Ave', '1972 Hillhurst Ave.'].map(text => streetKey(parseStreet(text))),
    ).toEqual([undefined, undefined, '1972 hill', '1972 hill'])
  })
})

it.each<[string, string]>([
  ['ＡＢＣ　ｄ', 'abc d'],
  ['億網\u200b後來', '亿网后来'],
  ['  a \n b ', 'a b'],
  ['\u202a177\u202c', '177'],
  ['𠮷野', '𠮷野'],
  ['\ud800x', '\ufffdx'],
])('%j is folded to %j', (text, folded) => {
  expect(fold(text)).toBe(folded)
})

it.each<[string, string]>([
  ['Müller', 'Muller'],
  ['straße', 'strasse'],
  ['łódź', 'lodz'],
  ['한국', '한국'],
])('%s without accents is %s', (text, plain) => {
  expect(withoutAccents(text)).toBe(plain)
})
