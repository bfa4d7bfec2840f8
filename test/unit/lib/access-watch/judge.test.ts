import { describe, expect, it } from 'vitest'
import { isMuch, judgeHour, judgeRecords, type WatchRules } from '#lib/access-watch/judge.ts'
import { isOutOfHours } from '#lib/access-watch/out-of-hours.ts'
import { talliesOf } from '#lib/access-watch/tallies.ts'
import type { Tally } from '#lib/store/access-tallies.ts'
import type { AccessRecord } from '#schemas/events/access-recorded.ts'
import { defaultPolicy } from '#schemas/settings.ts'

const rules: WatchRules = {
  ...defaultPolicy.accessLog.watch,
  massReads: 100,
  massExports: 100,
  denials: 5,
  timesUsual: 3,
}
const now = '2026-03-31T09'
const tally = (hour: string, more: Partial<Tally>): Tally => ({
  ...{ actor: 'user_1', hour, file: 'f', shown: 0, exported: 0, denials: 0, calls: 0 },
  ...more,
})
const kinds = (tallies: Tally[]) => judgeHour(rules, 'user_1', now, tallies).map(({ kind }) => kind)

describe('an hour is unusual', () => {
  it.each<[string, Tally[], string[]]>([
    ['with as many reads as the rule says, by somebody who never read', [tally(now, { shown: 100 })], ['massRead']],
    [
      'with reads of several files together',
      [tally(now, { shown: 60 }), tally(now, { shown: 60, file: 'g' })],
      ['massRead'],
    ],
    ['not with fewer', [tally(now, { shown: 99 })], []],
    ['not when it is usual for them', [tally('2026-03-30T09', { shown: 90 }), tally(now, { shown: 150 })], []],
    [
      'when it is so many times the usual',
      [tally('2026-03-30T09', { shown: 40 }), tally(now, { shown: 150 })],
      ['massRead'],
    ],
    ['with many exported records', [tally(now, { exported: 100 })], ['massExport']],
    ['with many refusals', [tally(now, { denials: 5 })], ['manyDenials']],
    ['not for what an hour after it holds', [tally('2026-03-31T10', { shown: 500 })], []],
  ])('%s', (_, tallies, wanted) => expect(kinds(tallies)).toEqual(wanted))

  it('is looked at beside the two weeks before only when it is much', () => {
    expect([isMuch(rules, [tally(now, { shown: 99 })]), isMuch(rules, [tally(now, { shown: 100 })])]).toEqual([
      false,
      true,
    ])
  })
})

const record = (more: object) =>
  ({
    userIdentity: { type: 'User', principalId: 'user_1' },
    additionalEventData: { startedAt: '2026-03-31T12:30:00.000Z' },
    sourceIPAddress: '192.0.2.1',
    readOnly: true,
    eventName: 'getRecord',
    resources: [{ accountId: 't', type: 'x', ARN: 'arn:x:cust_01m8fdtj6ffj6thwmep11hxf26' }],
    ...more,
  }) as unknown as AccessRecord

describe('a single access is unusual', () => {
  it.each<[string, object, string[]]>([
    ['when somebody who has left tries', { errorCode: 'unauthenticated' }, ['leaver']],
    ['not when nobody knows who it is', { errorCode: 'unauthenticated', userIdentity: { type: 'Unknown' } }, []],
    ['out of hours', {}, ['outOfHours']],
    [
      'not when a job works for them',
      { userIdentity: { type: 'User', principalId: 'u', invokedBy: 'evergreen/x' } },
      [],
    ],
    ['not when no record was touched', { resources: [] }, []],
  ])('%s', (_, more, wanted) => {
    // 20:30 in Shanghai.
    const found = judgeRecords({ ...rules, outOfHours: true, officeTo: '20:00' }, 'Asia/Shanghai', [record(more)])
    expect(found.map(({ kind }) => kind)).toEqual(wanted)
  })

  it.each([
    ['2026-03-31T01:00:00Z', false],
    ['2026-03-30T22:59:00Z', true],
    ['2026-03-31T13:00:00Z', true],
    ['2026-04-04T04:00:00Z', true],
  ])('%s is out of hours in Shanghai: %s', (at, wanted) => {
    expect(isOutOfHours({ officeFrom: '07:00', officeTo: '21:00', weekends: false }, 'Asia/Shanghai', at)).toBe(wanted)
  })
})

it('a file is counted by person and hour: personal records shown and exported, and refusals', () => {
  const exported = record({ eventName: 'exportRecords' })
  expect(talliesOf('f', [record({}), record({}), exported, record({ errorCode: 'not_found' })])).toEqual([
    { actor: 'user_1', hour: '2026-03-31T12', file: 'f', shown: 2, exported: 1, denials: 1, calls: 4 },
  ])
})
