import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type CsvRow, inspectCsv } from '#lib/transfer/csv/read-csv.ts'
import { type Mapping, proposeMapping } from '#lib/transfer/mapping/propose-mapping.ts'
import type { ObjectDefinition } from '#schemas/definition.ts'
import { activity } from '#schemas/objects/activity.ts'
import { contact } from '#schemas/objects/contact.ts'
import { customer } from '#schemas/objects/customer.ts'

const contactsFile = join(import.meta.dirname, '../../../../data/contacts.zh.csv')

function rows(...cells: string[][]): CsvRow[] {
  return cells.map((row, i) => ({ row: i + 1, line: i + 2, cells: row }))
}

/** The mapping without the columns left out. */
function mapped(object: ObjectDefinition, header: string, sample: CsvRow[] = []): Mapping {
  const { mapping } = proposeMapping(object, header.split(','), sample)
  return Object.fromEntries(Object.entries(mapping).filter(([, path]) => path !== ''))
}

describe('the columns of contacts.zh.csv', () => {
  it('are understood for contacts', async () => {
    const { format, sample } = await inspectCsv(createReadStream(contactsFile))
    const { mapping, unmapped, confidence, preset } = proposeMapping(contact, format.header, sample)
    expect(mapping).toEqual({
      rec_id: 'externalIds.import',
      name: 'name',
      company: 'companyName',
      title: 'title',
      mobile: 'phones.mobile',
      phone: 'phones.work',
      email: 'emails',
      wechat: 'handles.wechat',
      province: 'address.province',
      city: 'address.city',
      address: 'address.street',
      source: 'source',
      created_at: '',
    })
    expect([unmapped, preset]).toEqual([['created_at'], undefined])
    expect(Object.values(confidence).filter(value => value < 0.9)).toEqual([0])
  })

  it('are understood for customers, whose name is the company', async () => {
    const { format, sample } = await inspectCsv(createReadStream(contactsFile))
    const { mapping, unmapped } = proposeMapping(customer, format.header, sample)
    expect(mapping).toMatchObject({ company: 'name', name: '', mobile: 'phones.mobile', address: 'address.street' })
    expect(unmapped).toEqual(['name', 'title', 'wechat', 'created_at'])
  })
})

describe('a header', () => {
  it.each<[string, ObjectDefinition, string, Mapping]>([
    [
      'a field name',
      customer,
      'name,taxId,lastContactedAt',
      { name: 'name', taxId: 'taxId', lastContactedAt: 'lastContactedAt' },
    ],
    [
      'an English label',
      customer,
      'Tax id,Lifecycle stage',
      { 'Tax id': 'taxId', 'Lifecycle stage': 'lifecycleStage' },
    ],
    [
      'a Chinese label',
      customer,
      '客户名称,统一社会信用代码,核实周期',
      { 客户名称: 'name', 统一社会信用代码: 'taxId', 核实周期: 'verifyEvery' },
    ],
    [
      'a traditional one',
      contact,
      '姓名,手機號碼,電子郵件,職稱,標籤',
      { 姓名: 'name', 手機號碼: 'phones.mobile', 電子郵件: 'emails', 職稱: 'title', 標籤: 'tags' },
    ],
    [
      'a synonym',
      customer,
      '单位,座机,详细地址,官网,业务员',
      { 单位: 'name', 座机: 'phones.work', 详细地址: 'address.street', 官网: 'website', 业务员: 'ownerId' },
    ],
    ['a company for a contact', contact, '姓名,公司名称', { 姓名: 'name', 公司名称: 'companyName' }],
    ['a customer id for a contact', contact, '姓名,客户ID', { 姓名: 'name', 客户ID: 'customerId' }],
    [
      'case, spaces, full width and underscores',
      contact,
      'ＮＡＭＥ, E_Mail ,Mobile-Phone',
      { ＮＡＭＥ: 'name', ' E_Mail ': 'emails', 'Mobile-Phone': 'phones.mobile' },
    ],
    [
      'a mark for required columns',
      contact,
      '姓名*,手机号（必填）',
      { '姓名*': 'name', '手机号（必填）': 'phones.mobile' },
    ],
    [
      'a number behind it, where a field holds several',
      contact,
      '姓名,手机1,手机2',
      { 姓名: 'name', 手机1: 'phones.mobile', 手机2: 'phones.mobile' },
    ],
    [
      'a note, for an object that has room for it',
      activity,
      '类型,主题,备注,时间',
      { 类型: 'type', 主题: 'subject', 备注: 'body', 时间: 'occurredAt' },
    ],
    ['times the server keeps itself: nowhere', contact, '姓名,创建时间,最后修改人', { 姓名: 'name' }],
  ])('can be %s', (_what, object, header, mapping) => {
    expect(mapped(object, header)).toEqual(mapping)
  })

  it('never shares a place that holds one value', () => {
    const { mapping, unmapped } = proposeMapping(customer, ['公司名称', '客户名称', '省', '省份', '邮箱', '电子邮件'])
    expect(mapping).toEqual({
      公司名称: 'name',
      客户名称: '',
      省: 'address.province',
      省份: '',
      邮箱: 'emails',
      电子邮件: 'emails',
    })
    expect(unmapped).toEqual(['客户名称', '省份'])
  })

  it('that is the name of something every object has is a stranger like any other', () => {
    const header = ['__proto__', 'constructor', 'toString']
    const { mapping, unmapped, confidence } = proposeMapping(contact, header, rows(['{"admin":1}', 'x', 'y']))
    expect(unmapped).toEqual(header)
    expect(Object.keys(mapping)).toEqual(header)
    expect(Object.keys(confidence)).toEqual(header)
    expect(Object.getPrototypeOf(mapping)).toBe(Object.prototype)
    expect('admin' in {}).toBe(false)
  })
})

describe('the values of a column', () => {
  it.each<[string, string[], string]>([
    ['phone numbers', ['13800138000', '010-62345678', '+86 139 0013 9000'], 'phones'],
    ['e-mail addresses', ['a@x.cn', 'b@x.cn; c@x.cn', 'd@x.cn'], 'emails'],
    ['web addresses', ['www.x.cn', 'https://y.com/a', 'z.com.cn'], 'website'],
    ['tax ids', ['91110108551385082Q', '91330100799655058B', '91440300708461136T'], 'taxId'],
    ['nothing in particular', ['a', 'b', 'c'], ''],
    ['too few to tell', ['13800138000'], ''],
    ['days without separators', ['20240603', '20240604', '20240605'], ''],
  ])('say what a strange header does not: %s', (_what, values, path) => {
    const { mapping, confidence } = proposeMapping(customer, ['字段7'], rows(...values.map(value => [value])))
    expect(mapping).toEqual({ 字段7: path })
    expect(confidence['字段7']).toBe(path === '' ? 0 : 0.6)
  })

  it.each<[string, string, string[]]>([
    ['options that the field does not have', '客户类型', ['甲', '乙', '丙', '丁']],
    ['words under the header of a phone number', '电话', ['无法联系', '忙', '停机']],
    ['words under the header of a date', 'lastContactedAt', ['昨天', '上周', '很久']],
  ])('keep a column from a place it does not fit: %s', (_what, header, values) => {
    expect(proposeMapping(customer, [header], rows(...values.map(value => [value]))).unmapped).toEqual([header])
  })

  it('lower the confidence as far as they do not fit', () => {
    const { mapping, confidence } = proposeMapping(
      customer,
      ['来源'],
      rows(['地推'], ['展会'], ['官网表单'], ['天上掉的']),
    )
    expect([mapping['来源'], confidence['来源']]).toEqual(['source', 0.75])
  })

  it.each<[string, string[], string]>([
    ['day first', ['03/06/1990', '25/12/1991', '01/02/1993'], 'birthday.dmy'],
    ['month first', ['03/06/1990', '12/25/1991', '01/02/1993'], 'birthday.mdy'],
    ['as Excel counts', ['32944', '33597', '34001'], 'birthday.excel'],
    ['in a way that needs no telling', ['1990-06-03', '1991年12月25日', '1993/2/1'], 'birthday'],
    ['in a way that nobody can tell', ['03/06/1990', '04/07/1991', '05/05/1991'], 'birthday'],
  ])('tell how dates are written: %s', (_what, values, path) => {
    const sample = rows(...values.map(value => [value]))
    const { mapping, unmapped } = proposeMapping(contact, ['生日'], sample)
    expect([mapping['生日'], unmapped]).toEqual(
      path === 'birthday' && values[1] === '04/07/1991' ? ['', ['生日']] : [path, []],
    )
  })

  it('let a filled column win over an empty one of the same name', () => {
    const sample = rows(['', 'A 公司'], ['', 'B 公司'], ['', 'C 公司'])
    expect(proposeMapping(customer, ['公司', '客户'], sample).mapping).toEqual({ 公司: '', 客户: 'name' })
  })
})
