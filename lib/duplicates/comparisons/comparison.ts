import type { Comparable } from '#lib/duplicates/types.ts'
import type { MatchKind } from '#lib/records/match-keys.ts'
import type { JsonObject } from '#schemas/json.ts'

/** What comparing two records in one respect gave: a level, and the match key they share where how common it is matters. */
export type Outcome = { level: string; value?: string }

/** One respect in which records are compared. */
export type Comparison = {
  /** Its name in the model. */
  name: string
  /** The field a reason points to. */
  field: string
  /** Outcomes from most to least alike. */
  levels: readonly string[]
  /** Kind of the match keys that outcomes name as `value`. */
  key?: MatchKind
  /** The value of fields that outcomes name, where it is no match key. */
  countedOf?(fields: JsonObject): string | undefined
  /** Names one person or company: while the values differ, no merge is done without a person. */
  isIdentity?: boolean
  /** Gets a judge of these records, which takes each apart once. */
  open(records: readonly Comparable[]): Judge
}

/** A comparison at work: the outcome of two records by their positions, undefined where one of them says nothing. */
export type Judge = (a: number, b: number) => Outcome | undefined

type Parts<T> = Omit<Comparison, 'open'> & {
  /** Takes the fields apart; undefined where they say nothing. */
  parse(fields: JsonObject): T | undefined
  /** Undefined where what they say cannot be compared. */
  compare(a: T, b: T): Outcome | undefined
}

/** Makes a comparison of its parts. */
export function comparison<T>({ parse, compare, ...rest }: Parts<T>): Comparison {
  return {
    ...rest,
    open(records) {
      const parsed = new Array<T | undefined>(records.length)
      const isRead = new Uint8Array(records.length)
      const read = (position: number): T | undefined => {
        if (isRead[position] === 1) return parsed[position]
        isRead[position] = 1
        const value = parse(records[position]?.fields ?? {})
        parsed[position] = value
        return value
      }
      return (a, b) => {
        const left = read(a)
        const right = left === undefined ? undefined : read(b)
        return left === undefined || right === undefined ? undefined : interned(compare(left, right))
      }
    },
  }
}

const plain = new Map<string, Outcome>()

/** Millions of pairs have a handful of outcomes: one object for each level without a value. */
function interned(outcome: Outcome | undefined): Outcome | undefined {
  if (outcome === undefined || outcome.value !== undefined) return outcome
  const known = plain.get(outcome.level)
  if (known) return known
  plain.set(outcome.level, outcome)
  return outcome
}

/** A field's text; undefined where it has none. */
export function textOf(fields: JsonObject, field: string): string | undefined {
  const value = fields[field]
  return typeof value === 'string' && value !== '' ? value : undefined
}
