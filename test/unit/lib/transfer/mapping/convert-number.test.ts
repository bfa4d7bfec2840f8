import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { deal, tenant, value } from '../../../../support/convert-cells.ts'

describe('a number', () => {
  it.each<[string, number | string]>([
    ['1234.5', 1234.5],
    ['1,234,567.89', 1_234_567.89],
    ['１２３４．５', 1234.5],
    ['-12', -12],
    ['(1,200)', -1200],
    ['−5', -5],
    ['12万', 120_000],
    ['1.5亿', 150_000_000],
    ["1'234.50", 1234.5],
    ['1.234.567,89', 1_234_567.89],
    ['1,5', 'ambiguous_number'],
    ['12,3456', 'ambiguous_number'],
    ['twelve', 'invalid_number'],
    ['12%', 'invalid_number'],
    ['1e5', 'invalid_number'],
    ['0x10', 'invalid_number'],
    ['Infinity', 'invalid_number'],
  ])('%s is %s', (cell, number) => {
    expect(value(deal, 'size', cell)).toBe(number)
  })

  it('is read back from English grouping, whatever it is', () => {
    fc.assert(
      fc.property(fc.integer({ min: -(10 ** 12), max: 10 ** 12 }), fc.integer({ min: 0, max: 99 }), (whole, cents) => {
        const number = Number(`${whole}.${String(cents).padStart(2, '0')}`)
        expect(value(deal, 'size', number.toLocaleString('en-US', { maximumFractionDigits: 2 }))).toBe(number + 0)
      }),
      { seed: 42, numRuns: 300 },
    )
  })
})

describe('money', () => {
  it.each<[string, string, string]>([
    ['¥1,234.50', '1234.50', 'CNY'],
    ['￥1234', '1234', 'CNY'],
    ['CNY 12', '12', 'CNY'],
    ['12 usd', '12', 'USD'],
    ['$12.5', '12.5', 'USD'],
    ['US$ 12', '12', 'USD'],
    ['HK$1,000', '1000', 'HKD'],
    ['3.5万元', '35000', 'CNY'],
    ['100美元', '100', 'USD'],
    ['RMB 88', '88', 'CNY'],
    ['€ 9.99', '9.99', 'EUR'],
    ['-¥5', '-5', 'CNY'],
    ['99', '99', 'CNY'],
    ['0012.10', '12.10', 'CNY'],
    ['123456789012345.1234', '123456789012345.1234', 'CNY'],
  ])('%s is %s %s, no cent lost', (cell, amount, currency) => {
    expect(value(deal, 'amount', cell)).toEqual({ amount, currency })
  })

  it('without a currency has that of its column, else the tenant', () => {
    expect(value(deal, 'amount.EUR', '12')).toEqual({ amount: '12', currency: 'EUR' })
    expect(value(deal, 'amount.EUR', '$12')).toEqual({ amount: '12', currency: 'USD' })
    expect(value(deal, 'amount', '¥12', { ...tenant, currency: 'JPY' })).toEqual({ amount: '12', currency: 'JPY' })
    expect(value(deal, 'amount', '$12', { ...tenant, currency: 'SGD' })).toEqual({ amount: '12', currency: 'SGD' })
  })

  it.each(['a lot', '1,5', '1.23456', '12 XXQ', '¥'])('%s is refused', cell => {
    expect(value(deal, 'amount', cell)).toMatch(/^(invalid_money|ambiguous_number)$/)
  })
})
