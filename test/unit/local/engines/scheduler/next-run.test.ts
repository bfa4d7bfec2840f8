import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { nextRun } from '#infra/local/engines/scheduler/next-run.ts'
import { parseExpression } from '#infra/local/engines/scheduler/schedule-expression.ts'

type Asked = { timeZone?: string; from: string; startAt?: string; endAt?: string; anchorAt?: string }

/** The next `count` runs, as UTC; fewer when the schedule ends. */
function runs(expression: string, asked: Asked, count: number): string[] {
  const at = (text: string | undefined) => (text === undefined ? undefined : Date.parse(text))
  const timing = {
    expression: parseExpression(expression),
    timeZone: asked.timeZone ?? 'UTC',
    anchorAt: at(asked.anchorAt) ?? 0,
    startAt: at(asked.startAt),
    endAt: at(asked.endAt),
  }
  const found: string[] = []
  for (let after: number | undefined = Date.parse(asked.from); after !== undefined && found.length < count; ) {
    after = nextRun(timing, after)
    if (after !== undefined) found.push(new Date(after).toISOString().replace(':00.000Z', 'Z'))
  }
  return found
}

describe('cron', () => {
  it.each<[what: string, fields: string, zone: string, from: string, expected: string[]]>([
    [
      'every 15 minutes of working hours',
      '0/15 8-17 ? * MON-FRI *',
      'UTC',
      '2026-01-02T17:40',
      ['2026-01-02T17:45Z', '2026-01-05T08:00Z'],
    ],
    [
      'day 1 of the week is Sunday, 7 Saturday',
      '0 9 ? * 1,7 *',
      'UTC',
      '2026-01-01T00:00',
      ['2026-01-03T09:00Z', '2026-01-04T09:00Z'],
    ],
    ['names of days', '0 9 ? * mon *', 'UTC', '2026-01-01T00:00', ['2026-01-05T09:00Z', '2026-01-12T09:00Z']],
    ['the third Friday', '0 9 ? * 6#3 *', 'UTC', '2026-01-01T00:00', ['2026-01-16T09:00Z', '2026-02-20T09:00Z']],
    ['the last Friday', '0 9 ? * FRIL *', 'UTC', '2026-01-01T00:00', ['2026-01-30T09:00Z', '2026-02-27T09:00Z']],
    ['the last day of the week', '0 9 ? * L *', 'UTC', '2026-01-01T00:00', ['2026-01-03T09:00Z', '2026-01-10T09:00Z']],
    [
      'the last day of each month',
      '0 12 L * ? *',
      'UTC',
      '2028-01-31T12:00',
      ['2028-02-29T12:00Z', '2028-03-31T12:00Z', '2028-04-30T12:00Z'],
    ],
    [
      'the weekday nearest the 15th',
      '0 12 15W * ? *',
      'UTC',
      '2026-02-01T00:00',
      ['2026-02-16T12:00Z', '2026-03-16T12:00Z'],
    ],
    [
      '29 February comes every fourth year',
      '0 0 29 2 ? *',
      'UTC',
      '2026-01-01T00:00',
      ['2028-02-29T00:00Z', '2032-02-29T00:00Z'],
    ],
    ['30 February never comes', '0 0 30 FEB ? *', 'UTC', '2026-01-01T00:00', []],
    ['31 skips short months', '0 0 31 * ? *', 'UTC', '2026-03-31T00:00', ['2026-05-31T00:00Z', '2026-07-31T00:00Z']],
    [
      'steps within a range, in some years',
      '0 2 ? JAN 2-6/2 2030-2040/5',
      'UTC',
      '2026-01-01T00:00',
      ['2030-01-02T02:00Z', '2030-01-04T02:00Z'],
    ],
    ['a year that is over', '0 0 1 1 ? 2025', 'UTC', '2026-01-01T00:00', []],
    [
      'Shanghai, which is eight hours ahead all year',
      '0 2 ? * SUN *',
      'Asia/Shanghai',
      '2026-03-27T00:00',
      ['2026-03-28T18:00Z', '2026-04-04T18:00Z'],
    ],
    [
      'the last day of a month there',
      '30 1 L * ? *',
      'Asia/Shanghai',
      '2026-02-27T17:29',
      ['2026-02-27T17:30Z', '2026-03-30T17:30Z'],
    ],
    [
      '29 February there begins on the 28th in UTC',
      '0 0 29 2 ? *',
      'Asia/Shanghai',
      '2026-01-01T00:00',
      ['2028-02-28T16:00Z'],
    ],
    [
      'the clocks of Berlin, in winter and in summer',
      '0 8 * * ? *',
      'Europe/Berlin',
      '2026-03-27T12:00',
      ['2026-03-28T07:00Z', '2026-03-29T06:00Z'],
    ],
    [
      'a time that spring passes over is skipped that day',
      '30 2 * * ? *',
      'Europe/Berlin',
      '2026-03-28T12:00',
      ['2026-03-30T00:30Z', '2026-03-31T00:30Z'],
    ],
    [
      'the same in New York',
      '0 2 ? * SUN *',
      'America/New_York',
      '2026-03-01T12:00',
      ['2026-03-15T06:00Z', '2026-03-22T06:00Z'],
    ],
    [
      'a midnight that spring passes over',
      '0 0 * * ? *',
      'America/Santiago',
      '2026-09-05T12:00',
      ['2026-09-07T03:00Z'],
    ],
    [
      'a half hour that spring passes over',
      '15 2 * * ? *',
      'Australia/Lord_Howe',
      '2026-10-03T12:00',
      ['2026-10-04T15:15Z'],
    ],
    [
      'a time that comes twice in autumn runs once, the first time',
      '30 2 * * ? *',
      'Europe/Berlin',
      '2026-10-24T12:00',
      ['2026-10-25T00:30Z', '2026-10-26T01:30Z'],
    ],
    [
      'each time of a repeated hour runs once',
      '0/30 2-3 * * ? *',
      'Europe/Berlin',
      '2026-10-24T12:00',
      ['2026-10-25T00:00Z', '2026-10-25T00:30Z', '2026-10-25T02:00Z'],
    ],
    [
      'asked within the repeated hour, the next is after it',
      '0/30 * * * ? *',
      'Europe/Berlin',
      '2026-10-25T01:10',
      ['2026-10-25T02:00Z'],
    ],
    ['a day that a zone left out', '0 0 * * ? *', 'Pacific/Apia', '2011-12-29T12:00', ['2011-12-30T10:00Z']],
  ])('%s: %s', (_, fields, timeZone, from, expected) => {
    expect(runs(`cron(${fields})`, { timeZone, from: `${from}:00Z` }, expected.length || 1)).toEqual(expected)
  })

  it('runs from its start on and before its end', () => {
    const asked = { from: '2026-01-01T00:00:00Z', startAt: '2026-01-03T02:00:00Z', endAt: '2026-01-05T02:00:00Z' }
    expect(runs('cron(0 2 * * ? *)', asked, 9)).toEqual(['2026-01-03T02:00Z', '2026-01-04T02:00Z'])
  })
})

describe('rate', () => {
  it.each<[expression: string, asked: Asked, expected: string[]]>([
    [
      'rate(5 minutes)',
      { anchorAt: '2026-01-01T00:03:00Z', from: '2026-01-01T00:00:00Z' },
      ['2026-01-01T00:03Z', '2026-01-01T00:08Z'],
    ],
    [
      'rate(1 hour)',
      { startAt: '2026-01-01T10:20:00Z', from: '2026-01-01T12:20:00Z' },
      ['2026-01-01T13:20Z', '2026-01-01T14:20Z'],
    ],
    // A day of a rate has 24 hours, when the clocks change too.
    [
      'rate(1 day)',
      { anchorAt: '2026-03-28T07:00:00Z', timeZone: 'Europe/Berlin', from: '2026-03-28T08:00:00Z' },
      ['2026-03-29T07:00Z'],
    ],
    [
      'rate(2 days)',
      { anchorAt: '2026-01-01T00:00:00Z', endAt: '2026-01-04T00:00:00Z', from: '2026-01-01T00:00:00Z' },
      ['2026-01-03T00:00Z'],
    ],
  ])('%s counts on from %j', (expression, asked, expected) => {
    expect(runs(expression, asked, 2).slice(0, expected.length)).toEqual(expected)
  })
})

describe('at', () => {
  it.each<[expression: string, zone: string, expected: string[]]>([
    ['at(2026-06-01T08:30:00)', 'UTC', ['2026-06-01T08:30Z']],
    ['at(2026-06-01T08:30:00)', 'Asia/Shanghai', ['2026-06-01T00:30Z']],
    ['at(2028-02-29T00:00:00)', 'Asia/Shanghai', ['2028-02-28T16:00Z']],
    ['at(2026-10-25T02:30:00)', 'Europe/Berlin', ['2026-10-25T00:30Z']],
    ['at(2026-03-29T02:30:00)', 'Europe/Berlin', []],
    ['at(2025-12-31T23:59:59)', 'UTC', []],
  ])('%s in %s runs once', (expression, timeZone, expected) => {
    expect(runs(expression, { timeZone, from: '2026-01-01T00:00:00Z' }, 2)).toEqual(expected)
  })
})

describe('an expression that AWS refuses', () => {
  it.each([
    ...['0 0 * * * *', '0 0 ? * ? *', '60 0 * * ? *', '0 24 * * ? *', '0 0 0 * ? *', '0 0 32 * ? *', '0 0 * 13 ? *'],
    ...[
      '0 0 ? * 8 *',
      '0 0 ? * 0 *',
      '0 0 ? * MON-FOO *',
      '0 0 L-3 * ? *',
      '5-1 0 * * ? *',
      '0 0 * * ?',
      '*/0 0 * * ? *',
    ],
    ...[
      '0 0 ? * 3#1,6#3 *',
      '0 0 ? * 3#6 *',
      '0 0 * * ? 1969',
      '0 0 0 * * ? *',
      '@daily',
      '0 0 1W,15W * ? *',
      '-1 0 * * ? *',
    ],
  ])('cron(%s)', fields => {
    expect(() => parseExpression(`cron(${fields})`)).toThrow('Invalid Schedule Expression')
  })

  it.each([
    ...['at(2026-02-30T00:00:00)', 'at(2026-02-28T24:00:00)', 'at(2026-02-28)', 'at(2026-02-28T00:00:00Z)', 'at()'],
    ...[
      'rate(0 minutes)',
      'rate(5 seconds)',
      'rate(1.5 hours)',
      'rate(-1 hours)',
      'rate(minute)',
      'every(5 minutes)',
      '',
    ],
    ...['0 0 * * ? *', 'cron(0 0 * * ? *) ', ' rate(1 day)'],
  ])('%s', text => {
    expect(() => parseExpression(text)).toThrow('Invalid Schedule Expression')
  })
})

/** Looks at every minute, and asks ICU alone what the clocks show: slow, and of another making than what it judges. */
function byLooking(
  wanted: { minute: number; hours: number[]; weekdays: number[] },
  timeZone: string,
  from: number,
  days: number,
) {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    weekday: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
  })
  const names = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']
  const seen = new Set<string>()
  const found: string[] = []
  for (let instant = from + 60_000; instant < from + days * 86_400_000; instant += 60_000) {
    const parts = Object.fromEntries(format.formatToParts(instant).map(({ type, value }) => [type, value]))
    const fits =
      Number(parts['minute']) === wanted.minute &&
      wanted.hours.includes(Number(parts['hour'])) &&
      wanted.weekdays.includes(names.indexOf(parts['weekday'] ?? '') + 1)
    const shown = `${parts['day']} ${parts['hour']}`
    if (fits && !seen.has(shown)) found.push(new Date(instant).toISOString().replace(':00.000Z', 'Z'))
    if (fits) seen.add(shown)
  }
  return found
}

it('finds the times that somebody finds who looks at the clock every minute, around the days the clocks change', () => {
  const changes = [
    ['Europe/Berlin', '2026-03-27'],
    ['Europe/Berlin', '2026-10-23'],
    ['America/New_York', '2026-03-06'],
    ['America/New_York', '2026-10-30'],
    ['Australia/Lord_Howe', '2026-04-03'],
    ['Africa/Cairo', '2026-04-22'],
    ['Asia/Shanghai', '2026-02-27'],
  ] as const
  const schedule = fc.record({
    minute: fc.integer({ min: 0, max: 59 }),
    hours: fc.uniqueArray(fc.integer({ min: 0, max: 23 }), { minLength: 1, maxLength: 4 }),
    weekdays: fc.uniqueArray(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 7 }),
  })
  fc.assert(
    fc.property(fc.constantFrom(...changes), schedule, ([timeZone, day], { minute, hours, weekdays }) => {
      // Noon: no time of the day before comes twice within what is looked at.
      const from = Date.parse(`${day}T12:00:00Z`)
      const expected = byLooking({ minute, hours, weekdays }, timeZone, from, 4)
      const until = new Date(from + 4 * 86_400_000).toISOString()
      const expression = `cron(${minute} ${hours} ? * ${weekdays} *)`
      expect(runs(expression, { timeZone, from: new Date(from).toISOString(), endAt: until }, 200)).toEqual(expected)
    }),
    { numRuns: 15 },
  )
})
