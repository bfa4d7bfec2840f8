import { instantOf, wallOf } from '#lib/runtime/zoned-time.ts'
import type { Recurrence } from '#lib/schedules/cleanup-expression.ts'

const dayMs = 86_400_000
const weekdays = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT']
/** 62 days: a monthly run comes within two months, also where the clocks pass over it once. */
const furthestDays = 62

/** When something that recurs comes next, after a moment; a local time that the clocks pass over in spring is left out, as AWS does. */
export function nextRun(
  recurrence: Recurrence,
  { timeZone, after }: { timeZone: string; after: Date },
): string | undefined {
  const today = Math.floor(wallOf(after.getTime(), timeZone) / dayMs) * dayMs
  const [hour = 0, minute = 0] = recurrence.time.split(':').map(Number)
  for (let day = 0; day <= furthestDays; day++) {
    const midnight = today + day * dayMs
    if (!isDay(recurrence, new Date(midnight))) continue
    const instant = instantOf(midnight + (hour * 60 + minute) * 60_000, timeZone)
    if (instant !== undefined && instant > after.getTime()) return new Date(instant).toISOString()
  }
  return undefined
}

/** `date`: midnight of the local day, read as UTC. */
function isDay({ frequency, weekday, dayOfMonth }: Recurrence, date: Date): boolean {
  if (frequency === 'weekly') return weekdays[date.getUTCDay()] === weekday
  return frequency === 'daily' || date.getUTCDate() === dayOfMonth
}
