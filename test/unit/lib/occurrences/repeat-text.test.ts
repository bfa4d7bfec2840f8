import { describe, expect, it } from 'vitest'
import { repeatProblem, tidyRepeat } from '#lib/occurrences/repeat-text.ts'

describe('a recurrence rule', () => {
  it.each([
    'FREQ=DAILY',
    'FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE',
    'FREQ=MONTHLY;BYDAY=-1FR',
    'FREQ=YEARLY;COUNT=5',
    'FREQ=MONTHLY;BYMONTHDAY=1,15,-1;UNTIL=20261231T235959Z',
    'FREQ=HOURLY;INTERVAL=3',
  ])('%s is taken', rule => {
    expect(repeatProblem(rule)).toBeUndefined()
  })

  it('is kept in capitals, without what people put around it', () => {
    expect(tidyRepeat(' RRULE:freq=weekly;byday=mo; ')).toBe('FREQ=WEEKLY;BYDAY=MO')
  })

  it.each([
    ['every week', 'must be a recurrence rule'],
    ['FREQ=SECONDLY', 'FREQ must be YEARLY'],
    ['FREQ=MINUTELY', 'FREQ must be YEARLY'],
    ['INTERVAL=2', 'must be a recurrence rule'],
    ['FREQ=DAILY;INTERVAL=0', 'INTERVAL must be'],
    ['FREQ=DAILY;FREQ=DAILY', 'FREQ twice'],
    ['FREQ=DAILY;COUNT=2;UNTIL=20260101', 'say one of them'],
    ['FREQ=DAILY;BYHOUR=9', 'BYHOUR, which is not taken'],
    ['FREQ=HOURLY;BYDAY=MO', 'HOURLY does not take'],
    ['FREQ=WEEKLY;BYDAY=1MO', 'numbered days'],
    ['FREQ=WEEKLY;BYMONTHDAY=1', 'DAILY and WEEKLY do not take'],
    ['FREQ=DAILY;BYMONTH=2;BYMONTHDAY=29', 'DAILY and WEEKLY do not take'],
    ['FREQ=YEARLY;BYMONTH=2,4;BYMONTHDAY=31', 'would never come'],
    ['FREQ=MONTHLY;BYSETPOS=1', 'BYSETPOS alone'],
    ['FREQ=MONTHLY;BYMONTHDAY=32', 'BYMONTHDAY must be'],
    [`FREQ=MONTHLY;BYMONTHDAY=${'1,'.repeat(200)}1`, 'BYMONTHDAY must be'],
  ])('%s is refused, and why is told', (rule, why) => {
    expect(repeatProblem(tidyRepeat(rule))).toContain(why.startsWith('must be a') ? 'must be a recurrence rule' : why)
  })
})
