import { cronOf } from '#lib/schedules/cleanup-expression.ts'
import type { TenantPolicy } from '#schemas/settings.ts'

/** A schedule that every tenant has. */
export type ScheduleName = 'cleanup' | 'weekly-report' | 'backup' | 'restore-drill'

/** When a schedule is to run. */
export type WantedSchedule = { expression: string; timeZone: string; isEnabled: boolean }

/** When the schedules of a tenant are to run by its policy; `timeZone` is the tenant's own. */
export function wantedSchedules(policy: TenantPolicy, timeZone: string): Record<ScheduleName, WantedSchedule> {
  const { cleanup, reports, backup, restoreDrill } = policy
  return {
    cleanup: { expression: cronOf(cleanup), timeZone: cleanup.timeZone ?? timeZone, isEnabled: cleanup.enabled },
    backup: {
      expression: cronOf({ ...backup, dayOfMonth: 1 }),
      timeZone: backup.timeZone ?? timeZone,
      isEnabled: backup.enabled,
    },
    'restore-drill': {
      expression: cronOf(restoreDrill),
      timeZone: restoreDrill.timeZone ?? timeZone,
      isEnabled: restoreDrill.enabled,
    },
    'weekly-report': {
      expression: cronOf({ frequency: 'weekly', weekday: reports.weekday, time: reports.time, dayOfMonth: 1 }),
      timeZone,
      isEnabled: reports.weekly,
    },
  }
}
