import type { Json } from '#schemas/json.ts'
import type { fixKinds } from '#schemas/settings/cleanup.ts'
import { qualityRules } from '#schemas/settings/quality.ts'

/** Every rule of data quality. */
export const ruleNames = qualityRules

/** One rule of data quality. `emailFormat` and `phoneInvalid` also tell of an entry that somebody marked invalid. */
export type RuleName = (typeof ruleNames)[number]

/** What is wrong with a record, and what to do about it. Detail and fix are English and quote no personal value. */
export type Finding = {
  rule: RuleName
  /** The field to look at, as the API names it; none where the record as a whole is meant. */
  field?: string
  /** All fields that it tells something of, where that is more than `field`. */
  about?: readonly string[]
  severity: 'error' | 'warning' | 'info'
  /** Points it takes off 100. */
  points: number
  detail: string
  fix: string
}

/** How good a record's data is: 100 less the points of its findings, 0 at the least, a whole number. */
export type Quality = { score: number; findings: Finding[] }

/** Kinds of safe fix: each can be switched off in the tenant's policy. */
export type FixKind = (typeof fixKinds)[number]

/** One change of one field; a later fix of the same field starts from what the earlier ones made of it. */
export type Fix = { kind: FixKind; field: string; from: Json; to: Json }
