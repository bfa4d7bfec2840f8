import { wallOf } from '#lib/runtime/zoned-time.ts'

/** When people work here, on the tenant's clocks. */
export type OfficeHours = { officeFrom: string; officeTo: string; weekends: boolean }

/** Whether a moment is outside the hours at which people work; Saturday and Sunday are, unless they count as work days. */
export function isOutOfHours({ officeFrom, officeTo, weekends }: OfficeHours, timeZone: string, at: string): boolean {
  const wall = new Date(wallOf(Date.parse(at), timeZone))
  const day = wall.getUTCDay()
  if (!weekends && (day === 0 || day === 6)) return true
  const time = wall.toISOString().slice(11, 16)
  return time < officeFrom || time >= officeTo
}
