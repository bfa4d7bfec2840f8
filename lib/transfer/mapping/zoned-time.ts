/** Building a formatter costs more than a hundred uses of it. */
const formats = new Map<string, Intl.DateTimeFormat>()

/**
 * A local time (`2024-06-03T14:30:00`) of a time zone as a moment in UTC. One that the clocks passed over in spring is taken with the offset before it;
 * one that came twice in autumn is the first.
 */
export function utcOf(local: string, timeZone: string): string {
  const wanted = Date.parse(`${local}Z`)
  const early = wanted - offsetMs(wanted - 86_400_000, timeZone)
  if (early + offsetMs(early, timeZone) === wanted) return new Date(early).toISOString()
  const late = wanted - offsetMs(wanted + 86_400_000, timeZone)
  const exists = late + offsetMs(late, timeZone) === wanted
  return new Date(exists ? late : early).toISOString()
}

function offsetMs(moment: number, timeZone: string): number {
  const parts = Object.fromEntries(
    formatFor(timeZone)
      .formatToParts(moment)
      .map(({ type, value }) => [type, value]),
  )
  const { year, month, day, hour, minute, second } = parts
  return (
    Date.parse(`${year?.padStart(4, '0')}-${month}-${day}T${hour}:${minute}:${second}Z`) -
    Math.floor(moment / 1000) * 1000
  )
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
