import { type EventPattern, matches } from '../engines/eventbridge/event-pattern.ts'
import type { StreamRecordHead } from './stream-reader.ts'

/** The filter criteria of an event source: a record passes when any pattern fits, and always when there are none. */
export type RecordFilter = {
  /** Decides from name and keys alone; true means that `accepts` has to be asked. */
  mayAccept(head: StreamRecordHead): boolean
  accepts(record: unknown): boolean
}

/** Compiles the patterns, given as JSON text as in a template. */
export function createFilter(patterns: readonly string[]): RecordFilter {
  const whole = patterns.map(parsePattern)
  const heads = whole.map(headOf)
  return {
    mayAccept: ({ eventName, keys }) => {
      const head = { eventName, dynamodb: { Keys: keys } }
      return heads.length === 0 || heads.some(pattern => pattern === undefined || matches(pattern, head))
    },
    accepts: record => whole.length === 0 || whole.some(pattern => matches(pattern, record)),
  }
}

/** The part of a pattern that looks at nothing but name and keys; undefined when there is none. */
function headOf(pattern: EventPattern): EventPattern | undefined {
  const { eventName, dynamodb } = pattern
  const { Keys: keys } = isPattern(dynamodb) ? dynamodb : {}
  if (eventName === undefined && keys === undefined) return undefined
  return {
    ...(eventName === undefined ? {} : { eventName }),
    ...(keys === undefined ? {} : { dynamodb: { Keys: keys } }),
  }
}

function parsePattern(text: string): EventPattern {
  const pattern: unknown = JSON.parse(text)
  if (isPattern(pattern)) return pattern
  throw new Error(`The filter pattern ${text} of an event source is not an object`)
}

function isPattern(value: unknown): value is EventPattern {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
