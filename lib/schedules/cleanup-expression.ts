import type { TenantPolicy } from '#schemas/settings.ts'

/** How often, on which day and when: `HH:MM` on the clock of the schedule's time zone. */
export type Recurrence = Pick<TenantPolicy['cleanup'], 'frequency' | 'weekday' | 'dayOfMonth' | 'time'>

/** The policy's times of cleanup in the words of EventBridge Scheduler: `cron(0 2 ? * SUN *)`. */
export function cronOf({ frequency, weekday, dayOfMonth, time }: Recurrence): string {
  const [hour = 0, minute = 0] = time.split(':').map(Number)
  const days = { daily: '* * ?', weekly: `? * ${weekday}`, monthly: `${dayOfMonth} * ?` }
  return `cron(${minute} ${hour} ${days[frequency]} *)`
}
