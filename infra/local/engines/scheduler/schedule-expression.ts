import { Cron } from 'croner'
import { AwsError } from '../aws-error.ts'
import { cronerPattern } from './cron-fields.ts'

/** When a schedule runs: once, by the clock of its zone, or every so many milliseconds. */
export type Expression =
  | { kind: 'at'; wall: number }
  | { kind: 'rate'; everyMs: number }
  | { kind: 'cron'; nextWall(after: number): number | undefined }

const unitMs: Record<string, number> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 }

/** Reads `at(...)`, `rate(...)` or `cron(...)`; throws ValidationException for what AWS refuses. */
export function parseExpression(text: string): Expression {
  const [, kind = '', inside = ''] = /^(at|rate|cron)\((.+)\)$/.exec(text) ?? []
  const expression = parsers[kind]?.(inside)
  if (expression === undefined || expression instanceof Error) {
    const why = expression ? ` (${expression.message})` : ''
    throw new AwsError('ValidationException', `Invalid Schedule Expression ${text}.${why}`)
  }
  return expression
}

const parsers: Record<string, (inside: string) => Expression | Error | undefined> = {
  at: inside => {
    const wall = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/.test(inside) ? Date.parse(`${inside}Z`) : Number.NaN
    // Date.parse takes 30 February for 2 March.
    return Number.isNaN(wall) || !new Date(wall).toISOString().startsWith(inside) ? undefined : { kind: 'at', wall }
  },
  rate: inside => {
    const [, value = '0', unit = ''] = /^([1-9]\d{0,8}) (minute|hour|day)s?$/.exec(inside) ?? []
    const everyMs = Number(value) * (unitMs[unit] ?? 0)
    return everyMs > 0 ? { kind: 'rate', everyMs } : undefined
  },
  cron: inside => {
    try {
      return { kind: 'cron', nextWall: wallTimes(cronerPattern(inside)) }
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error))
    }
  },
}

/** croner only counts through the calendar, in UTC, which has no gaps: what a zone's clocks do with the times is not its business. */
function wallTimes(pattern: string) {
  const cron = new Cron(pattern, { timezone: 'UTC', paused: true, mode: '7-part', alternativeWeekdays: true })
  return (after: number) => cron.nextRun(new Date(after))?.getTime()
}
