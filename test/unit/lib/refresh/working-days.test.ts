import { describe, expect, it } from 'vitest'
import { workingDays } from '#lib/refresh/working-days.ts'
import { localDate } from '#lib/runtime/zoned-time.ts'

describe('the working days ahead', () => {
  it('leave out weekends, and end when people go home', () => {
    // Thursday 26 March 2026, 10:00 in Shanghai.
    expect(workingDays(new Date('2026-03-26T02:00:00Z'), { days: 6, timeZone: 'Asia/Shanghai' })).toEqual([
      '2026-03-27T10:00:00.000Z',
      '2026-03-30T10:00:00.000Z',
      '2026-03-31T10:00:00.000Z',
      '2026-04-01T10:00:00.000Z',
    ])
  })

  it('begin on the day after the one that the zone’s calendars show', () => {
    // 23:30 UTC on Sunday is Monday in Shanghai, and still Sunday in New York.
    const at = new Date('2026-03-29T23:30:00Z')
    expect(workingDays(at, { days: 1, timeZone: 'Asia/Shanghai' })).toEqual(['2026-03-31T10:00:00.000Z'])
    expect(workingDays(at, { days: 1, timeZone: 'America/New_York' })).toEqual(['2026-03-30T22:00:00.000Z'])
  })

  it('are the next Monday where all of them are weekend', () => {
    expect(workingDays(new Date('2026-03-27T02:00:00Z'), { days: 2, timeZone: 'Asia/Shanghai' })).toEqual([
      '2026-03-30T10:00:00.000Z',
    ])
  })

  it('end at 18:00 on either side of a change of clocks', () => {
    // Berlin goes to summer time on 29 March 2026.
    expect(workingDays(new Date('2026-03-26T12:00:00Z'), { days: 5, timeZone: 'Europe/Berlin' })).toEqual([
      '2026-03-27T17:00:00.000Z',
      '2026-03-30T16:00:00.000Z',
      '2026-03-31T16:00:00.000Z',
    ])
  })
})

it.each([
  ['Asia/Shanghai', '2026-12-31T16:00:00.000Z', '2027-01-01'],
  ['UTC', '2026-12-31T16:00:00.000Z', '2026-12-31'],
  ['Asia/Shanghai', '2026-03-29T18:00:00.000Z', '2026-03-30'],
  ['UTC', '2026-03-29T18:00:00.000Z', '2026-03-29'],
  ['America/Los_Angeles', '2026-01-01T07:59:59.999Z', '2025-12-31'],
])('in %s %s is the day %s', (timeZone, time, day) => {
  expect(localDate(new Date(time), timeZone)).toBe(day)
})
