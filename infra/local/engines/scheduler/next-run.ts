import { instantOf, wallOf } from '#lib/runtime/zoned-time.ts'
import type { Expression } from './schedule-expression.ts'

/** When a schedule may run; instants are milliseconds since 1970. */
export type Timing = {
  expression: Expression
  timeZone: string
  /** Where a rate without a start counts from: when the schedule was made. */
  anchorAt: number
  startAt?: number | undefined
  /** The last run is before this. */
  endAt?: number | undefined
}

/** The first run after an instant; undefined when there is none any more. One-time schedules know no start and end. */
export function nextRun(timing: Timing, after: number): number | undefined {
  const { expression, timeZone, startAt, endAt } = timing
  if (expression.kind === 'at') {
    const instant = instantOf(expression.wall, timeZone)
    return instant !== undefined && instant > after ? instant : undefined
  }
  const from = Math.max(after, (startAt ?? Number.NEGATIVE_INFINITY) - 1)
  const next =
    expression.kind === 'rate'
      ? nextOfRate(startAt ?? timing.anchorAt, expression.everyMs, from)
      : nextOfCron(expression.nextWall, timeZone, from)
  return next === undefined || (endAt !== undefined && next >= endAt) ? undefined : next
}

/** A day of a rate has 24 hours whatever the clocks do. */
function nextOfRate(anchor: number, everyMs: number, after: number): number {
  return after < anchor ? anchor : anchor + (Math.floor((after - anchor) / everyMs) + 1) * everyMs
}

/** A local time that comes twice in autumn runs the first time, one that is passed over in spring does not run. */
function nextOfCron(nextWall: (after: number) => number | undefined, timeZone: string, after: number) {
  for (let wall = nextWall(wallOf(after, timeZone)); wall !== undefined; wall = nextWall(wall)) {
    const instant = instantOf(wall, timeZone)
    if (instant !== undefined && instant > after) return instant
  }
  return undefined
}
