import { RRule } from '#lib/occurrences/recurrence-rule.ts'
import { instantOf, localOf, wallOf } from '#lib/runtime/zoned-time.ts'

/** Times on the clocks of a zone: one, or by a rule (RFC 5545, tidied) that begins with it. */
export type Series = { dueAt: string; timeZone: string; repeat?: string | undefined }

/** A time of a series: on the clocks, and as an instant. */
export type Occurrence = { local: string; at: number }

/** What comes next, and the times before it that the clocks pass over in spring. */
export type Upcoming = { next: Occurrence | undefined; skipped: string[] }

/** 10 years: a yearly 29 February waits 8 at most (1896 to 1904, 2096 to 2104). */
const horizonMs = 10 * 366 * 86_400_000
/** 50 times in a row that no clock shows: then the rule is about nothing else. */
const mostSkipped = 50

/**
 * The first time of a series after a local time (exclusive), and not before an instant. A time that comes twice in autumn is
 * the first of the two; one that the clocks pass over in spring is skipped, as EventBridge Scheduler does.
 */
export function nextOccurrence(
  series: Series,
  { after, notBefore = Number.NEGATIVE_INFINITY }: { after?: string | undefined; notBefore?: number },
): Upcoming {
  const skipped: string[] = []
  // An hour earlier on the clocks: in autumn they show a time again.
  const floor = notBefore === Number.NEGATIVE_INFINITY ? notBefore : wallOf(notBefore, series.timeZone) - 3_600_000
  let from = Math.max(after === undefined ? Number.NEGATIVE_INFINITY : Date.parse(`${after}Z`), floor - 1)
  while (skipped.length < mostSkipped) {
    const wall = wallAfter(series, from)
    if (wall === undefined) return { next: undefined, skipped }
    const at = instantOf(wall, series.timeZone)
    if (at === undefined) skipped.push(localOf(wall))
    else if (at >= notBefore) return { next: { local: localOf(wall), at }, skipped }
    from = wall
  }
  return { next: undefined, skipped }
}

/** The first time of a series on the clocks after another; both as milliseconds that read so in UTC. */
function wallAfter(series: Series, from: number): number | undefined {
  const first = Date.parse(`${series.dueAt}Z`)
  if (series.repeat === undefined) return first > from ? first : undefined
  const begin = Math.max(from, first - 1)
  return ruleFrom(series, first, begin + horizonMs)
    .after(new Date(begin))
    ?.getTime()
}

/** The rule counts through a calendar without time zones; an end keeps one that never comes true from being sought for ever. */
function ruleFrom({ repeat = '', timeZone }: Series, first: number, end: number) {
  const { until, ...options } = RRule.parseString(repeat.replace(/UNTIL=[^;]+;?/, '').replace(/;$/, ''))
  const last = untilOf(repeat, timeZone)
  return new RRule({ ...options, dtstart: new Date(first), until: new Date(Math.min(last, end)) })
}

/** The end of a rule on the zone's clocks: a day is taken whole, and with a `Z` it is a moment. */
function untilOf(repeat: string, timeZone: string): number {
  const [, day, time = 'T235959', utc] = /UNTIL=(\d{8})(T\d{6})?(Z?)/.exec(repeat) ?? []
  if (day === undefined) return Number.POSITIVE_INFINITY
  const text = `${day}${time}`.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)$/, '$1-$2-$3T$4:$5:$6Z')
  const moment = Date.parse(text)
  return utc ? wallOf(moment, timeZone) : moment
}
