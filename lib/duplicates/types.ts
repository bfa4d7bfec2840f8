import type { JsonObject } from '#schemas/json.ts'

/** What can be compared: an id and its fields; a stored record is one. */
export type Comparable = { id: string; fields: JsonObject }

/** Why two records look alike or not: evidence in bits (log2 of m/u), negative against, with a sentence a person can read. */
export type Reason = { field: string; code: string; detail: string; weight: number }

/** `merge`: certain enough to merge without a person. `suggest`: to be shown to a person. */
export type Verdict = 'merge' | 'suggest'

/** Two records that are likely one; `a` sorts before `b`, `score` is a probability from 0 to 1. */
export type DuplicatePair = { a: string; b: string; score: number; verdict: Verdict; reasons: Reason[] }

/** What two records may be to each other: one thing (perhaps since moved), or two that look alike for a reason. */
export type Relation = {
  name: string
  /** Whether the two records are one thing. */
  isSame: boolean
  /** Share of the relation among pairs that share a match key. */
  share: number
  /** Comparisons that agree for a reason under this relation, not by coincidence: a rare value is then no surprise. */
  shares: string[]
  /** Known to be rare whatever the data suggest: its share is never estimated above the default. */
  isRare?: boolean
}

/** Chances of each outcome of one comparison, and how common its frequent values are. */
export type ComparisonModel = {
  /** Chance of each level under each relation, in the order of the model's relations. */
  levels: Record<string, number[]>
  /** Share of the records that hold a value, for frequent values only, by the fingerprint of the value. */
  frequent: Record<string, number>
  /** Share of the records that hold a value which `frequent` does not name. */
  rare: number
  /** Share of the records that hold the value two records usually agree on: rarer ones say more, commoner ones less. */
  typical: number
}

/** How pairs of one object are judged: plain JSON, estimated from data or the default. */
export type DuplicateModel = {
  version: number
  object: string
  relations: Relation[]
  thresholds: { merge: number; suggest: number }
  comparisons: Record<string, ComparisonModel>
}

/** A match key that too many records share to compare them all. */
export type SkippedKey = { kind: string; value: string; count: number }

/** What a search for duplicates found, and what it left out. */
export type DuplicateReport = {
  pairs: DuplicatePair[]
  skippedKeys: SkippedKey[]
  compared: number
  model: DuplicateModel
}

/** What a search for duplicates may be told. */
export type FindOptions = { model?: DuplicateModel; keyLimit?: number }

/** Records that are likely one thing. */
export type DuplicateGroup = { members: string[]; score: number; verdict: Verdict; reasons: Reason[] }
