import { describe, expect, it } from 'vitest'
import { contact } from '#schemas/objects/contact.ts'
import { customer } from '#schemas/objects/customer.ts'
import { convert, deal, value } from '../../../../support/convert-cells.ts'

describe('a choice', () => {
  it.each<[string, string]>([
    ['fieldSales', 'fieldSales'],
    ['FIELD SALES', 'fieldSales'],
    ['地推', 'fieldSales'],
    ['官网表单', 'website'],
    ['转介绍', 'referral'],
    ['轉介紹', 'referral'],
    ['旧系统导入', 'legacyImport'],
    ['名片扫描', 'other'],
    ['老客户介绍', 'referral'],
    ['Trade Show', 'exhibition'],
    ['天上掉的', 'invalid_option'],
  ])('%s is %s', (cell, option) => {
    expect(value(customer, 'source', cell)).toBe(option)
  })

  it('that no option says lists the options', () => {
    const { problems } = convert(customer, { kind: '甲方' })
    expect(problems).toEqual([
      {
        row: 7,
        column: 1,
        code: 'invalid_option',
        detail: 'Column 1 (h0): "甲方" is none of the options; use one of 企业 (company), 个人 (person).',
      },
    ])
  })

  it.each<[string, unknown]>([
    ['价格、Delivery', ['price', 'delivery']],
    ['price; 价格', ['price', 'price']],
    ['price|颜色', 'invalid_option'],
  ])('of several: %s is %j', (cell, options) => {
    expect(value(deal, 'topics', cell)).toEqual(options)
  })

  it.each<[string, boolean | string]>([
    ['yes', true],
    ['是', true],
    ['TRUE', true],
    ['１', true],
    ['√', true],
    ['no', false],
    ['否', false],
    ['0', false],
    ['无', false],
    ['maybe', 'invalid_boolean'],
  ])('of yes and no: %s is %s', (cell, answer) => {
    expect(value(deal, 'isWon', cell)).toBe(answer)
  })
})

describe('several values in a cell', () => {
  it.each<[string, string, unknown]>([
    ['emails', 'a@x.cn; b@x.cn，c@x.cn', [{ value: 'a@x.cn' }, { value: 'b@x.cn' }, { value: 'c@x.cn' }]],
    ['emails.work', 'Li Na <li.na@x.cn>', [{ value: 'li.na@x.cn', label: 'work' }]],
    ['emails', '"Li, Na" <li.na@x.cn>', [{ value: 'li.na@x.cn' }]],
    ['emails', 'a@x.cn b@x.cn', [{ value: 'a@x.cn' }, { value: 'b@x.cn' }]],
    ['phones', '138 0013 8000', [{ value: '138 0013 8000' }]],
    [
      'phones.mobile',
      '13800138000/13900139000',
      [
        { value: '13800138000', label: 'mobile' },
        { value: '13900139000', label: 'mobile' },
      ],
    ],
    ['phones', '13800138000 13900139000', [{ value: '13800138000' }, { value: '13900139000' }]],
    ['phones', '0755-88888888-801', [{ value: '0755-88888888-801' }]],
    ['phones', '13800138000.0', [{ value: '13800138000' }]],
    ['phones', '1.39E+10', 'number_shortened'],
    ['externalIds.erp', '4.40304E+17', 'number_shortened'],
    ['taxId', '9.11101E+17', 'number_shortened'],
    ['tags', 'VIP、华东, VIP客户；2024', ['VIP', '华东', 'VIP客户', '2024']],
    ['externalIds.erp', 'K-1042', [{ system: 'erp', id: 'K-1042' }]],
    ['externalIds.my.erp', '7', [{ system: 'my.erp', id: '7' }]],
  ])('of %s: %s', (path, cell, entries) => {
    expect(value(customer, path, cell)).toEqual(entries)
  })

  it('and in several columns stand in one list, in the order of the columns', () => {
    const { input } = convert(contact, {
      'phones.mobile': '13800138000',
      'phones.work': '010-62345678',
      'handles.wechat': 'wx_1',
      'handles.qq': '12345',
      'consent.email': '是',
      'consent.sms': '已拒绝',
      tags: 'a,b',
      'tags#2': 'b,c',
    })
    expect(input).toEqual({
      phones: [
        { value: '13800138000', label: 'mobile' },
        { value: '010-62345678', label: 'work' },
      ],
      handles: [
        { service: 'wechat', value: 'wx_1' },
        { service: 'qq', value: '12345' },
      ],
      consent: [
        { channel: 'email', status: 'granted' },
        { channel: 'sms', status: 'denied' },
      ],
      tags: ['a', 'b', 'c'],
    })
  })
})

describe('an address', () => {
  it('is put together from its columns', () => {
    const { input } = convert(customer, {
      'address.country': '中国',
      'address.province': '广东省',
      'address.city': '深圳市',
      'address.street': '南山区\n科技园1号',
      'address.postalCode': '518000',
    })
    expect(input['address']).toEqual({
      country: 'CN',
      province: '广东省',
      city: '深圳市',
      street: '南山区 科技园1号',
      postalCode: '518000',
    })
  })

  it.each<[string, string]>([
    ['China', 'CN'],
    ['P.R. China', 'CN'],
    ['中国大陆', 'CN'],
    ['香港', 'HK'],
    ['台灣', 'TW'],
    ['USA', 'US'],
    ['United Kingdom', 'GB'],
    ['uk', 'GB'],
    ['德国', 'DE'],
    ['Myanmar (Burma)', 'MM'],
    ['CN', 'CN'],
  ])('knows the country %s as %s', (cell, country) => {
    expect(value(customer, 'address.country', cell)).toEqual({ country })
  })

  it('refuses a country there is none of', () => {
    expect(value(customer, 'address.country', 'Atlantis')).toBe('invalid_country')
  })
})

describe('a name', () => {
  it.each<[string, string, string]>([
    ['伟', '张', '张伟'],
    ['Zoë', 'Müller', 'Zoë Müller'],
    ['', '欧阳', '欧阳'],
    ['Cher', '', 'Cher'],
  ])('of %j and %j is %j', (first, last, name) => {
    expect(convert(contact, { 'name.first': first, 'name.last': last }).input).toEqual({ name })
  })
})

describe('a span of time', () => {
  it.each([
    ['90天', 'P90D'],
    ['3 months', 'P3M'],
    ['６个月', 'P6M'],
    ['2周', 'P2W'],
    ['1 year', 'P1Y'],
    ['P90D', 'P90D'],
    ['now and then', 'now and then'],
  ])('%s is %s', (cell, duration) => {
    expect(value(customer, 'verifyEvery', cell)).toBe(duration)
  })
})
