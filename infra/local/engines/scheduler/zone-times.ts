const formats = new Map<string, Intl.DateTimeFormat>()

const dayMs = 86_400_000

/** What the clocks of a time zone show at an instant, as milliseconds that read so in UTC. */
export function wallOf(instant: number, timeZone: string): number {
  const parts = formatFor(timeZone).formatToParts(instant)
  const part = (type: string) => Number(parts.find(each => each.type === type)?.value)
  return Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'))
}

/** The first instant at which the clocks of a time zone show a time; undefined for one that they pass over in spring. */
export function instantOf(wall: number, timeZone: string): number | undefined {
  // A zone's offset changes at most once within two days: what it is before and after are all that it can be.
  const candidates = [wall - dayMs, wall + dayMs].map(near => wall - (wallOf(near, timeZone) - near))
  const shown = candidates.filter(instant => wallOf(instant, timeZone) === wall)
  return shown.length === 0 ? undefined : Math.min(...shown)
}

/** Whether a time zone is one of the IANA database; an offset such as +08:00 is none. */
export function isTimeZone(timeZone: string): boolean {
  try {
    return /^[A-Za-z]/.test(timeZone) && formatFor(timeZone) !== undefined
  } catch {
    return false
  }
}

/** Building a formatter costs more than a hundred uses of it. */
function formatFor(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone)
  if (known) return known
  const two = '2-digit'
  const format = new Intl.DateTimeFormat('en-US', {
    ...{ timeZone, hourCycle: 'h23', year: 'numeric' },
    ...{ month: two, day: two, hour: two, minute: two, second: two },
  })
  formats.set(timeZone, format)
  return format
}
