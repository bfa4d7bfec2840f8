import { localDate, utcOf } from '#lib/runtime/zoned-time.ts'

/** Tasks are due when people go home. */
const endOfWork = '18:00:00'
const dayMs = 86_400_000

/**
 * The ends (18:00) of the working days of the next so many days, the day after `at` first, as the time zone has them.
 * Saturdays and Sundays are left out; never empty: where the days are all weekend, the next Monday stands in.
 */
export function workingDays(at: Date, { days, timeZone }: { days: number; timeZone: string }): string[] {
  const today = Date.parse(`${localDate(at, timeZone)}T00:00:00Z`)
  const found: string[] = []
  for (let ahead = 1; ahead <= days || found.length === 0; ahead++) {
    const day = new Date(today + ahead * dayMs)
    if (day.getUTCDay() === 0 || day.getUTCDay() === 6) continue
    found.push(utcOf(`${day.toISOString().slice(0, 10)}T${endOfWork}`, timeZone))
  }
  return found
}
