import { describe, expect, it } from 'vitest'
import type { FieldDefinition, FieldOf } from '#schemas/definition.ts'
import { checkField, label } from './check-field.ts'

const options = ['a', 'b', 'c'].map(value => ({ value, label }))
const number: FieldOf<'number'> = { type: 'number', label }
const minutes: FieldOf<'number'> = { type: 'number', label, integer: true, min: 0, max: 60 }
const money: FieldOf<'money'> = { type: 'money', label }
const select: FieldOf<'select'> = { type: 'select', label, options }
const multiSelect: FieldOf<'multiSelect'> = { type: 'multiSelect', label, options }
const boolean: FieldOf<'boolean'> = { type: 'boolean', label }
const reference: FieldOf<'reference'> = { type: 'reference', label, to: 'customer' }
const user: FieldOf<'user'> = { type: 'user', label }
const url: FieldOf<'url'> = { type: 'url', label }
const address: FieldOf<'address'> = { type: 'address', label }

type Row = [field: FieldDefinition, value: unknown, stored: unknown]

const rows: Record<string, Row[]> = {
  number: [
    [number, 0, 0],
    [number, -0, 0],
    [number, 1.5, 1.5],
    [number, -1e-7, -1e-7],
    [number, Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
    [number, Number.MAX_SAFE_INTEGER + 1, '/value invalid_number'],
    [number, 1e-200, '/value invalid_number'],
    [number, Number.NaN, '/value invalid_type'],
    [number, Number.POSITIVE_INFINITY, '/value invalid_type'],
    [number, '5', '/value invalid_type'],
    [minutes, 60, 60],
    [minutes, 61, '/value invalid_number'],
    [minutes, -1, '/value invalid_number'],
    [minutes, 1.5, '/value invalid_number'],
  ],
  money: [
    [money, { amount: '12.50' }, { amount: '12.50', currency: 'CNY' }],
    [money, { amount: '-0.0001', currency: 'USD' }, { amount: '-0.0001', currency: 'USD' }],
    [money, { amount: '123456789012345.6789' }, { amount: '123456789012345.6789', currency: 'CNY' }],
    [money, { amount: '1234567890123456' }, '/value/amount invalid_format'],
    [money, { amount: '1.23456' }, '/value/amount invalid_format'],
    [money, { amount: '1e3' }, '/value/amount invalid_format'],
    [money, { amount: '1,000' }, '/value/amount invalid_format'],
    [money, { amount: '' }, '/value/amount invalid_format'],
    [money, { amount: 12.5 }, '/value/amount invalid_type'],
    [money, { currency: 'CNY' }, '/value/amount invalid_type'],
    [money, { amount: '1', currency: 'cny' }, '/value/currency invalid_value'],
    [money, { amount: '1', currency: 'XXZ' }, '/value/currency invalid_value'],
    [money, { amount: '1', cents: 5 }, '/value/cents unknown_field'],
    [money, '12.50', '/value invalid_type'],
  ],
  select: [
    [select, 'a', 'a'],
    [select, 'A', '/value invalid_value'],
    [select, 'constructor', '/value invalid_value'],
    [select, '__proto__', '/value invalid_value'],
    [select, ['a'], '/value invalid_value'],
    [select, '', 'cleared'],
  ],
  multiSelect: [
    [multiSelect, ['b', 'a'], ['b', 'a']],
    [multiSelect, ['a', 'a', 'b', 'a'], ['a', 'b']],
    [multiSelect, ['a', 'd'], '/value/1 invalid_value'],
    [multiSelect, 'a', '/value invalid_type'],
    [multiSelect, [], 'cleared'],
  ],
  boolean: [
    [boolean, true, true],
    [boolean, false, false],
    [boolean, 'true', '/value invalid_type'],
    [boolean, 0, '/value invalid_type'],
    [boolean, null, 'cleared'],
  ],
  reference: [
    [reference, 'cust_01h455vb4pex5vsknk084sn02q', 'cust_01h455vb4pex5vsknk084sn02q'],
    [reference, 'cont_01h455vb4pex5vsknk084sn02q', '/value invalid_reference'],
    [reference, 'cust_01H455VB4PEX5VSKNK084SN02Q', '/value invalid_reference'],
    [reference, 'cust_81h455vb4pex5vsknk084sn02q', '/value invalid_reference'],
    [reference, 'cust_01h455vb4pex5vsknk084sn02', '/value invalid_reference'],
    [reference, '01h455vb4pex5vsknk084sn02q', '/value invalid_reference'],
    [reference, 5, '/value invalid_type'],
    [user, 'user_01h455vb4pex5vsknk084sn02q', 'user_01h455vb4pex5vsknk084sn02q'],
    [user, 'cust_01h455vb4pex5vsknk084sn02q', '/value invalid_reference'],
    [user, 'me', '/value invalid_reference'],
  ],
  url: [
    [url, 'https://example.cn', 'https://example.cn'],
    [url, 'www.huaxing.cn', 'https://www.huaxing.cn'],
    [url, 'ｗｗｗ．ｈｕａｘｉｎｇ．ｃｎ', 'https://www.huaxing.cn'],
    [url, 'www。huaxing。cn', 'https://www.huaxing.cn'],
    [url, '//example.cn/x', 'https://example.cn/x'],
    [url, 'example.cn:8080/a?b=1#c', 'https://example.cn:8080/a?b=1#c'],
    [url, 'http://例子.中国/路径', 'http://例子.中国/路径'],
    [url, 'https://192.168.0.1/', 'https://192.168.0.1/'],
    [url, '\u202ahttps://example.cn\u202c', 'https://example.cn'],
    [url, 'x', '/value invalid_url'],
    [url, 'http://localhost', '/value invalid_url'],
    [url, 'ftp://example.cn', '/value invalid_url'],
    [url, 'javascript:alert(1)', '/value invalid_url'],
    [url, 'javascript:1.5:3', '/value invalid_url'],
    [url, 'data:text/html,<b>a.b</b>', '/value invalid_url'],
    [url, 'mailto:a@b.cn', '/value invalid_url'],
    [url, 'https://a.cn/a b', '/value invalid_url'],
    [url, 'https://a.cn/\u0000', '/value invalid_text'],
    [url, 'https://a.cn/\ud800', '/value invalid_text'],
    [url, `https://a.cn/${'x'.repeat(2000)}`, '/value too_big'],
    [url, 5, '/value invalid_type'],
  ],
  address: [
    [address, { city: ' 北京 ', street: '中关村大街 1 号' }, { city: '北京', street: '中关村大街 1 号' }],
    [address, { country: 'cn', postalCode: '100080' }, { country: 'CN', postalCode: '100080' }],
    [address, { city: '北京', district: '', street: null }, { city: '北京' }],
    [address, { city: '', street: null }, 'cleared'],
    [address, {}, 'cleared'],
    [address, { country: 'China' }, '/value/country invalid_format'],
    [address, { city: 'x'.repeat(61) }, '/value/city too_long'],
    [address, { city: 'a\nb' }, '/value/city invalid_text'],
    [address, { town: 'x' }, '/value/town unknown_field'],
    [address, { city: ['北京'] }, '/value/city invalid_type'],
    [address, '北京市海淀区', '/value invalid_type'],
    [address, ['北京'], '/value invalid_type'],
  ],
}

describe.each(Object.entries(rows))('%s', (_type, table) => {
  it.each(table.map(([field, value, stored]) => [show(value), stored, field, value] as const))(
    '%s gives %j',
    async (_shown, stored, field, value) => {
      expect(await checkField(field, value)).toEqual(stored)
    },
  )
})

function show(value: unknown): string {
  return (Number.isNaN(value) ? 'NaN' : (JSON.stringify(value) ?? String(value))).slice(0, 60)
}
