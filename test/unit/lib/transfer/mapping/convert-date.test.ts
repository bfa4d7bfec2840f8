import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { deal, tenant, value } from '../../../../support/convert-cells.ts'

describe('a date', () => {
  it.each<[string, string, string]>([
    ['2024-06-03', 'closesOn', '2024-06-03'],
    ['2024/6/3', 'closesOn', '2024-06-03'],
    ['2024.6.3', 'closesOn', '2024-06-03'],
    ['2024年6月3日', 'closesOn', '2024-06-03'],
    ['２０２４年６月３号', 'closesOn', '2024-06-03'],
    ['20240603', 'closesOn', '2024-06-03'],
    ['2024-06-03 00:00:00', 'closesOn', '2024-06-03'],
    ['2024年6月3日 星期一', 'closesOn', '2024-06-03'],
    ['3 June 2024', 'closesOn', '2024-06-03'],
    ['Jun 3rd, 2024', 'closesOn', '2024-06-03'],
    ['Mon, 03-Jun-2024', 'closesOn', '2024-06-03'],
    ['25/12/2024', 'closesOn', '2024-12-25'],
    ['12/25/2024', 'closesOn', '2024-12-25'],
    ['05.05.2024', 'closesOn', '2024-05-05'],
    ['03/06/2024', 'closesOn.dmy', '2024-06-03'],
    ['03/06/2024', 'closesOn.mdy', '2024-03-06'],
    ['45446', 'closesOn.excel', '2024-06-03'],
    ['03/06/2024', 'closesOn', 'ambiguous_date'],
    ['03/06/24', 'closesOn', 'ambiguous_date'],
    ['45446', 'closesOn', 'excel_date'],
    ['2024-02-30', 'closesOn', 'invalid_date'],
    ['31/04/2024', 'closesOn.dmy', 'invalid_date'],
    ['13/25/2024', 'closesOn', 'invalid_date'],
    ['soon', 'closesOn', 'invalid_date'],
  ])('%s for %s is %s', (cell, path, date) => {
    expect(value(deal, path, cell)).toBe(date)
  })

  it.each<[string, string, string]>([
    ['2024-06-03T11:18:00Z', 'calledAt', '2024-06-03T11:18:00.000Z'],
    ['2024-06-03T11:18:00+0200', 'calledAt', '2024-06-03T09:18:00.000Z'],
    ['2024-06-03 11:18', 'calledAt', '2024-06-03T03:18:00.000Z'],
    ['2024/6/3 9:05:07', 'calledAt', '2024-06-03T01:05:07.000Z'],
    ['2024年6月3日 下午2:30', 'calledAt', '2024-06-03T06:30:00.000Z'],
    ['2024年6月3日 14时30分', 'calledAt', '2024-06-03T06:30:00.000Z'],
    ['2024-06-03 上午12:30', 'calledAt', '2024-06-02T16:30:00.000Z'],
    ['06/25/2024 11:18 PM', 'calledAt', '2024-06-25T15:18:00.000Z'],
    ['25/12/2024 12:00 am', 'calledAt', '2024-12-24T16:00:00.000Z'],
    ['2024-06-03', 'calledAt', '2024-06-02T16:00:00.000Z'],
    ['45446.5', 'calledAt.excel', '2024-06-03T04:00:00.000Z'],
    ['03/06/2024 10:00', 'calledAt.dmy', '2024-06-03T02:00:00.000Z'],
    ['2024-06-03 25:00', 'calledAt', 'invalid_time'],
    ['03/06/2024 10:00', 'calledAt', 'ambiguous_date'],
  ])('and time: %s for %s is %s', (cell, path, moment) => {
    expect(value(deal, path, cell)).toBe(moment)
  })

  it.each<[string, string]>([
    ['2024-03-10 02:30', '2024-03-10T07:30:00.000Z'],
    ['2024-03-10 03:30', '2024-03-10T07:30:00.000Z'],
    ['2024-11-03 01:30', '2024-11-03T05:30:00.000Z'],
    ['2024-11-03 02:30', '2024-11-03T07:30:00.000Z'],
  ])('and time where clocks change: %s in New York is %s', (cell, moment) => {
    expect(value(deal, 'calledAt', cell, { ...tenant, timeZone: 'America/New_York' })).toBe(moment)
  })

  it('is read back from every way of writing it', () => {
    const day = fc
      .date({ min: new Date('1900-01-01'), max: new Date('2100-12-31'), noInvalidDate: true })
      .map(date => date.toISOString().slice(0, 10))
    fc.assert(
      fc.property(day, date => {
        const [year = '', month = '', dayOfMonth = ''] = date.split('-')
        const [m, d] = [Number(month), Number(dayOfMonth)]
        const ways = [date, `${year}/${m}/${d}`, `${year}年${m}月${d}日`, `${year}${month}${dayOfMonth}`]
        for (const way of ways) expect(value(deal, 'closesOn', way)).toBe(date)
        expect(value(deal, 'closesOn.dmy', `${d}/${m}/${year}`)).toBe(date)
        expect(value(deal, 'closesOn.mdy', `${m}/${d}/${year}`)).toBe(date)
      }),
      { seed: 42, numRuns: 200 },
    )
  })

  it('without an order is never guessed: it is the same day either way, or a problem', () => {
    const number = fc.integer({ min: 1, max: 31 })
    fc.assert(
      fc.property(number, number, (first, second) => {
        const text = `${first}/${second}/2024`
        const both = ['dmy', 'mdy'].map(order => value(deal, `closesOn.${order}`, text))
        const days = new Set(both.filter(day => day !== 'invalid_date'))
        const expected = days.size > 1 ? 'ambiguous_date' : ([...days][0] ?? 'invalid_date')
        expect(value(deal, 'closesOn', text)).toBe(expected)
      }),
      { seed: 42, numRuns: 500 },
    )
  })
})
