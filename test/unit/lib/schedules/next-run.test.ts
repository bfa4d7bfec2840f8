import { expect, it } from 'vitest'
import { nextRun } from '#lib/schedules/next-run.ts'

const at = { frequency: 'daily', weekday: 'SUN', dayOfMonth: 1, time: '02:30' } as const

it.each([
  ['daily, later today', at, 'Asia/Shanghai', '2026-03-31T18:00:00Z', '2026-03-31T18:30:00.000Z'],
  ['daily, tomorrow', at, 'Asia/Shanghai', '2026-03-31T18:30:00Z', '2026-04-01T18:30:00.000Z'],
  ['weekly', { ...at, frequency: 'weekly', weekday: 'SAT' }, 'UTC', '2026-03-31T00:00:00Z', '2026-04-04T02:30:00.000Z'],
  ['monthly', { ...at, frequency: 'monthly' }, 'UTC', '2026-04-01T02:30:00Z', '2026-05-01T02:30:00.000Z'],
  ['not at a time that the clocks pass over', at, 'Europe/Berlin', '2026-03-28T12:00:00Z', '2026-03-30T00:30:00.000Z'],
] as const)('%s', (_, recurrence, timeZone, after, expected) => {
  expect(nextRun(recurrence, { timeZone, after: new Date(after) })).toBe(expected)
})
