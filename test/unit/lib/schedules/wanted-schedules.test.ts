import { describe, expect, it } from 'vitest'
import { nextRun } from '#infra/local/engines/scheduler/next-run.ts'
import { parseExpression } from '#infra/local/engines/scheduler/schedule-expression.ts'
import { cronOf } from '#lib/schedules/cleanup-expression.ts'
import { wantedSchedules } from '#lib/schedules/wanted-schedules.ts'
import { defaultPolicy, tenantPolicy } from '#schemas/settings.ts'

const always = { ...defaultPolicy.cleanup, dayOfMonth: 28, weekday: 'WED' } as const

describe('cronOf', () => {
  it.each([
    [{ ...always, frequency: 'daily', time: '02:00' }, 'cron(0 2 * * ? *)'],
    [{ ...always, frequency: 'weekly', time: '23:59' }, 'cron(59 23 ? * WED *)'],
    [{ ...always, frequency: 'monthly', time: '00:05' }, 'cron(5 0 28 * ? *)'],
  ] as const)('of %j', (recurrence, expected) => {
    expect(cronOf(recurrence)).toBe(expected)
  })

  it('gives every policy an expression that EventBridge Scheduler accepts, and that comes at that time of day', () => {
    const days = ['MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT', 'SUN'] as const
    const policies = days.flatMap((weekday, index) =>
      (['daily', 'weekly', 'monthly'] as const).map(frequency => ({ frequency, weekday, dayOfMonth: index * 4 + 1 })),
    )
    const from = Date.parse('2026-03-01T00:00:00+08:00')
    for (const policy of policies) {
      const expression = parseExpression(cronOf({ ...policy, time: '06:30' }))
      const next = new Date(
        (nextRun({ expression, timeZone: 'Asia/Shanghai', anchorAt: 0 }, from) ?? 0) + 8 * 3_600_000,
      )
      const names = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT']
      expect(next.toISOString().slice(11, 16)).toBe('06:30')
      const fits = {
        daily: next.getUTCDate() === 1,
        weekly: names[next.getUTCDay()] === policy.weekday,
        monthly: next.getUTCDate() === policy.dayOfMonth,
      }
      expect(fits[policy.frequency], JSON.stringify(policy)).toBe(true)
    }
  })
})

describe('wantedSchedules', () => {
  it('of a tenant that has decided nothing: a cleanup in the night to Sunday, a report on Monday morning', () => {
    expect(wantedSchedules(defaultPolicy, 'Asia/Shanghai')).toEqual({
      cleanup: { expression: cronOf(defaultPolicy.cleanup), timeZone: 'Asia/Shanghai', isEnabled: true },
      'weekly-report': { expression: 'cron(0 8 ? * MON *)', timeZone: 'Asia/Shanghai', isEnabled: true },
      backup: { expression: 'cron(5 4 * * ? *)', timeZone: 'Asia/Shanghai', isEnabled: true },
      'restore-drill': { expression: 'cron(30 5 ? * SAT *)', timeZone: 'Asia/Shanghai', isEnabled: true },
    })
  })

  it('of one that has decided', () => {
    const policy = tenantPolicy.parse({
      cleanup: { enabled: false, frequency: 'monthly', dayOfMonth: 3, time: '22:15', timeZone: 'Europe/Berlin' },
      reports: { weekly: false, weekday: 'FRI', time: '17:00' },
      backup: { frequency: 'weekly', weekday: 'WED', time: '01:00', timeZone: 'UTC' },
      restoreDrill: { enabled: false, frequency: 'monthly', dayOfMonth: 28, time: '03:00' },
    })
    expect(wantedSchedules(policy, 'Asia/Shanghai')).toEqual({
      cleanup: { expression: 'cron(15 22 3 * ? *)', timeZone: 'Europe/Berlin', isEnabled: false },
      'weekly-report': { expression: 'cron(0 17 ? * FRI *)', timeZone: 'Asia/Shanghai', isEnabled: false },
      backup: { expression: 'cron(0 1 ? * WED *)', timeZone: 'UTC', isEnabled: true },
      'restore-drill': { expression: 'cron(0 3 28 * ? *)', timeZone: 'Asia/Shanghai', isEnabled: false },
    })
  })
})
