/** A span of time in calendar parts. */
export type Span = { months: number; ms: number }

const shape = /^P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:[.,]\d+)?)S)?)?$/
const dayMs = 86_400_000

/** Spans asked for again and again: a table has few different ones. */
const known = new Map<string, Span | undefined>()
/** 1,000 spans are far more than people think of. */
const knownLimit = 1_000

/** An ISO 8601 duration such as P90D or P1Y6M; undefined when it is none, or no time at all. */
export function parseDuration(text: string): Span | undefined {
  if (known.has(text)) return known.get(text)
  const span = parsed(text)
  if (known.size >= knownLimit) known.clear()
  known.set(text, span)
  return span
}

/**
 * A moment later by a span, months as the calendar has them (31 January and a month: the last day of February), in UTC.
 * Undefined beyond the range of dates.
 */
export function addDuration(from: Date, { months, ms }: Span): Date | undefined {
  const later = new Date(from.getTime())
  if (months > 0) {
    const day = later.getUTCDate()
    later.setUTCDate(1)
    later.setUTCMonth(later.getUTCMonth() + months)
    const last = new Date(Date.UTC(later.getUTCFullYear(), later.getUTCMonth() + 1, 0)).getUTCDate()
    later.setUTCDate(Math.min(day, last))
  }
  const end = new Date(later.getTime() + ms)
  return Number.isNaN(end.getTime()) ? undefined : end
}

function parsed(text: string): Span | undefined {
  const parts = shape.exec(text)
  if (!parts) return undefined
  const [years = 0, months = 0, weeks = 0, days = 0, hours = 0, minutes = 0, seconds = 0] = parts
    .slice(1)
    .map(part => Number((part ?? '0').replace(',', '.')))
  const ms = (weeks * 7 + days) * dayMs + hours * 3_600_000 + minutes * 60_000 + seconds * 1_000
  const span = { months: years * 12 + months, ms }
  return span.months + span.ms > 0 ? span : undefined
}
