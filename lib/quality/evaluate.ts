import { pointsOf } from '#lib/quality/rule-points.ts'
import { incomplete } from '#lib/quality/rules/completeness.ts'
import { inconsistent } from '#lib/quality/rules/consistency.ts'
import { deadDomains, disposableEmails, malformedEmails } from '#lib/quality/rules/emails.ts'
import { invalidPhones } from '#lib/quality/rules/phones.ts'
import type { Fault, JudgedRecord, QualityAt, Rule } from '#lib/quality/rules/rule.ts'
import { belowStandard, duplicated, orphaned, stale } from '#lib/quality/rules/surroundings.ts'
import type { Finding, Quality, RuleName } from '#lib/quality/types.ts'
import type { ObjectDefinition } from '#schemas/definition.ts'

export type { QualityAt }

/** Every rule, in the order in which findings are told. */
const rules: readonly [RuleName, Rule][] = [
  ['emailFormat', malformedEmails],
  ['emailDomain', deadDomains],
  ['emailDisposable', disposableEmails],
  ['phoneInvalid', invalidPhones],
  ['orphan', orphaned],
  ['standard', belowStandard],
  ['uniqueness', duplicated],
  ['freshness', stale],
  ['completeness', incomplete],
  ['consistency', inconsistent],
]

/**
 * Judges a record by the rules of its object: pure, the same wherever it runs, whatever its fields hold. It brings the
 * numbering plans and the list of throw-away mail services along (350 KB): API functions take it by `openQuality`.
 */
export function evaluateQuality(object: ObjectDefinition, record: JudgedRecord, at: QualityAt): Quality {
  const judged = { object, record, at }
  const findings: Finding[] = []
  for (const [rule, find] of rules) {
    const points = pointsOf(rule, at.policy)
    if (points > 0) for (const fault of withPoints(find(judged), points)) findings.push({ rule, ...fault })
  }
  const lost = findings.reduce((sum, { points }) => sum + points, 0)
  return { score: Math.max(0, 100 - lost), findings }
}

/** Shares the rule's points out in whole numbers, so that all its faults together take no more than the rule's. */
function withPoints(faults: readonly Fault[], whole: number): Omit<Finding, 'rule'>[] {
  let taken = 0
  return faults.map(({ share, ...fault }) => {
    const before = Math.round(taken * whole)
    taken += share
    return { ...fault, points: Math.round(taken * whole) - before }
  })
}
