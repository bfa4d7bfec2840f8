/** Building a formatter costs more than a hundred uses of it. */
const formats = new Map<string, Intl.DateTimeFormat>()

const dayMs = 86_400_000

/** What the clocks of a time zone show at an instant, as milliseconds that read so in UTC. */
export function wallOf(instant: number, timeZone: string): number {
  const parts = Object.fromEntries(
    formatFor(timeZone)
      .formatToParts(instant)
      .map(({ type, value }) => [type, value]),
  )
  const { year, month, day, hour, minute, second } = parts
  return Date.parse(`${year?.padStart(4, '0')}-${month}-${day}T${hour}:${minute}:${second}Z`)
}

/** The first instant at which the clocks of a time zone show a time; undefined for one that they pass over in spring. */
export function instantOf(wall: number, timeZone: string): number | undefined {
  // A zone's offset changes at most once within two days: what it is before and after are all that it can be.
  const candidates = [wall - dayMs, wall + dayMs].map(near => wall - offsetAt(near, timeZone))
  const shown = candidates.filter(instant => wallOf(instant, timeZone) === wall)
  return shown.length === 0 ? undefined : Math.min(...shown)
}

/**
 * A local time (`2024-06-03T14:30:00`) of a time zone as a moment in UTC. One that the clocks passed over in spring is taken
 * with the offset before it; one that came twice in autumn is the first.
 */
export function utcOf(local: string, timeZone: string): string {
  const wall = Date.parse(`${local}Z`)
  return new Date(instantOf(wall, timeZone) ?? wall - offsetAt(wall - dayMs, timeZone)).toISOString()
}

/** The date that a time zone's calendars show at a moment: `2026-03-31`. */
export function localDate(at: Date, timeZone: string): string {
  return new Date(wallOf(at.getTime(), timeZone)).toISOString().slice(0, 10)
}

/** A local time with its seconds, `2026-03-31T09:00:00`; undefined for a text that is none, or no day of the calendar. */
export function localTimeOf(text: string): string | undefined {
  const [, minutes, seconds = ':00'] = /^(\d{4}-\d\d-\d\dT\d\d:\d\d)(:\d\d)?$/.exec(text) ?? []
  if (minutes === undefined) return undefined
  const local = minutes + seconds
  const wall = Date.parse(`${local}Z`)
  // Date.parse takes 30 February for 2 March.
  return Number.isNaN(wall) || localOf(wall) !== local ? undefined : local
}

/** A time of a clock, given as milliseconds that read so in UTC, as a local time. */
export function localOf(wall: number): string {
  return new Date(wall).toISOString().slice(0, 19)
}

/** Milliseconds by which the clocks of a time zone are ahead of UTC at an instant. */
function offsetAt(instant: number, timeZone: string): number {
  return wallOf(instant, timeZone) - Math.floor(instant / 1000) * 1000
}

function formatFor(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone)
  if (known) return known
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  })
  formats.set(timeZone, format)
  return format
}
