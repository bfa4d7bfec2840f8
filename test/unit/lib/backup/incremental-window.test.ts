import { expect, it } from 'vitest'
import { incrementalWindow } from '#lib/backup/incremental-window.ts'

const now = new Date('2026-03-31T04:05:00.000Z')
const ago = (minutes: number) => new Date(now.getTime() - minutes * 60_000).toISOString()

it.each([
  ['of 14 minutes is too small for DynamoDB', 14, undefined],
  ['of 15 minutes is exported up to now', 15, { fromAt: ago(15) }],
  ['of a day is exported up to now', 1_440, { fromAt: ago(1_440) }],
  ['of some seconds more than a day ends where changes are settled', 1_441, { fromAt: ago(1_441), toAt: ago(10) }],
  ['of a day and an hour ends after a day', 1_500, { fromAt: ago(1_500), toAt: ago(60) }],
  ['that would leave over six hours out is left to a full backup', 1_801, undefined],
] as const)('a window %s', (_, minutes, window) => {
  expect(incrementalWindow({}, { fromAt: ago(minutes), now })).toEqual(window)
})

it('a laptop takes any window', () => {
  const backupPace = { incrementalFromMinutes: 0, pollSeconds: 1 }
  expect(incrementalWindow({ backupPace }, { fromAt: ago(0), now })).toEqual({ fromAt: ago(0) })
})
