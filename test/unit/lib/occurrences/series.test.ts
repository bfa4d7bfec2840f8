import { describe, expect, it } from 'vitest'
import { nextOccurrence, type Series } from '#lib/occurrences/series.ts'

const at = (iso: string) => Date.parse(iso)
/** The first occurrences of a series, as instants. */
function occurrences(series: Series, count: number, notBefore?: string): string[] {
  const found: string[] = []
  for (let after: string | undefined; found.length < count; ) {
    const { next } = nextOccurrence(series, { after, ...(notBefore !== undefined && { notBefore: at(notBefore) }) })
    if (!next) break
    found.push(new Date(next.at).toISOString().replace('.000Z', 'Z'))
    after = next.local
  }
  return found
}

describe('times on the clocks of a zone', () => {
  it.each<[string, Series, string[]]>([
    [
      'Shanghai has no summer time: nine is nine all year',
      { dueAt: '2026-03-28T09:00:00', timeZone: 'Asia/Shanghai', repeat: 'FREQ=MONTHLY;COUNT=3' },
      ['2026-03-28T01:00:00Z', '2026-04-28T01:00:00Z', '2026-05-28T01:00:00Z'],
    ],
    [
      'nine in Berlin is an hour earlier in summer',
      { dueAt: '2026-03-28T09:00:00', timeZone: 'Europe/Berlin', repeat: 'FREQ=DAILY;COUNT=3' },
      ['2026-03-28T08:00:00Z', '2026-03-29T07:00:00Z', '2026-03-30T07:00:00Z'],
    ],
    [
      'a time that spring passes over is skipped',
      { dueAt: '2026-03-28T02:30:00', timeZone: 'Europe/Berlin', repeat: 'FREQ=DAILY;COUNT=3' },
      ['2026-03-28T01:30:00Z', '2026-03-30T00:30:00Z'],
    ],
    [
      'a time that comes twice in autumn comes once, the first',
      { dueAt: '2026-10-24T02:30:00', timeZone: 'Europe/Berlin', repeat: 'FREQ=DAILY;COUNT=3' },
      ['2026-10-24T00:30:00Z', '2026-10-25T00:30:00Z', '2026-10-26T01:30:00Z'],
    ],
    [
      'every hour of the autumn night once',
      { dueAt: '2026-10-25T01:00:00', timeZone: 'Europe/Berlin', repeat: 'FREQ=HOURLY;COUNT=3' },
      ['2026-10-24T23:00:00Z', '2026-10-25T00:00:00Z', '2026-10-25T02:00:00Z'],
    ],
    [
      '29 February comes in leap years',
      { dueAt: '2024-02-29T09:00:00', timeZone: 'Asia/Shanghai', repeat: 'FREQ=YEARLY;COUNT=3' },
      ['2024-02-29T01:00:00Z', '2028-02-29T01:00:00Z', '2032-02-29T01:00:00Z'],
    ],
    [
      '29 February waits eight years over 2100',
      { dueAt: '2096-02-29T09:00:00', timeZone: 'Asia/Shanghai', repeat: 'FREQ=YEARLY;COUNT=2' },
      ['2096-02-29T01:00:00Z', '2104-02-29T01:00:00Z'],
    ],
    [
      'the 31st comes in months that have it',
      { dueAt: '2026-01-31T09:00:00', timeZone: 'UTC', repeat: 'FREQ=MONTHLY;COUNT=3' },
      ['2026-01-31T09:00:00Z', '2026-03-31T09:00:00Z', '2026-05-31T09:00:00Z'],
    ],
    [
      'the last weekday of the month',
      {
        dueAt: '2026-01-01T09:00:00',
        timeZone: 'UTC',
        repeat: 'FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1;COUNT=2',
      },
      ['2026-01-30T09:00:00Z', '2026-02-27T09:00:00Z'],
    ],
    [
      'until a day, the day included',
      { dueAt: '2026-01-01T23:00:00', timeZone: 'Asia/Shanghai', repeat: 'FREQ=DAILY;UNTIL=20260102' },
      ['2026-01-01T15:00:00Z', '2026-01-02T15:00:00Z'],
    ],
    [
      'until a moment in UTC, as the zone’s clocks show it',
      { dueAt: '2026-01-01T08:00:00', timeZone: 'Asia/Shanghai', repeat: 'FREQ=DAILY;UNTIL=20260102T000000Z' },
      ['2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z'],
    ],
    ['once', { dueAt: '2026-01-01T08:00:00', timeZone: 'Asia/Shanghai' }, ['2026-01-01T00:00:00Z']],
    ['once, at a time that does not exist: never', { dueAt: '2026-03-29T02:30:00', timeZone: 'Europe/Berlin' }, []],
    [
      'a rule that never comes true ends',
      { dueAt: '2026-01-01T08:00:00', timeZone: 'UTC', repeat: 'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30' },
      [],
    ],
  ])('%s', (_, series, expected) => {
    expect(occurrences(series, 3)).toEqual(expected)
  })

  it('tells which times it skipped', () => {
    const series = { dueAt: '2026-03-28T02:30:00', timeZone: 'Europe/Berlin', repeat: 'FREQ=DAILY' }
    expect(nextOccurrence(series, { after: '2026-03-28T02:30:00' }).skipped).toEqual(['2026-03-29T02:30:00'])
  })

  it('does not begin before a moment, and takes one that is at it', () => {
    const series = { dueAt: '2020-01-01T09:00:00', timeZone: 'Asia/Shanghai', repeat: 'FREQ=DAILY' }
    expect(occurrences(series, 1, '2026-03-02T01:00:00Z')).toEqual(['2026-03-02T01:00:00Z'])
    expect(occurrences(series, 1, '2026-03-02T01:00:01Z')).toEqual(['2026-03-03T01:00:00Z'])
  })

  it('a rule that never comes true is given up soon', () => {
    const started = performance.now()
    for (const never of ['FREQ=MONTHLY;BYDAY=MO;BYSETPOS=40', 'FREQ=YEARLY;INTERVAL=2;BYMONTH=2;BYMONTHDAY=29'])
      expect(occurrences({ dueAt: '2027-01-01T08:00:00', timeZone: 'UTC', repeat: never }, 1)).toEqual([])
    expect(performance.now() - started).toBeLessThan(3_000)
  })
})
