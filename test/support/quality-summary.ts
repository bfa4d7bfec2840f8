import type { Quality, RuleName } from '#lib/quality/types.ts'
import { addRecord, emptySummary, type QualitySummary } from '#lib/quality-report/summary.ts'
import type { JsonObject } from '#schemas/json.ts'
import { objectNamed, testTenant } from './table.ts'

/** A record as a cleanup would have judged it. */
export type Judged = {
  object: string
  owner?: string
  /** Team of the record itself. */
  team?: string
  score: number
  source?: string
  month?: string
  rules?: readonly RuleName[]
}

/** The summary of judged records, made the way a cleanup makes it. */
export function summaryOf(records: readonly Judged[], threshold = 60): QualitySummary {
  const { timeZone } = testTenant
  const summary = emptySummary()
  for (const judged of records) {
    const object = objectNamed(judged.object)
    const at = `${judged.month ?? '2026-01'}-10T00:00:00.000Z`
    const fields: JsonObject = {}
    if (judged.owner && object.ownerField) fields[object.ownerField] = judged.owner
    if (judged.team && object.teamField) fields[object.teamField] = judged.team
    if (judged.source) fields['source'] = judged.source
    const times = { createdAt: at, createdBy: 'system', updatedAt: at, updatedBy: 'system' }
    const record = { id: 'x', object: object.name, version: 1, fields, ...times }
    const findings = (judged.rules ?? []).map(rule => ({ ...finding, rule }))
    const quality: Quality = { score: judged.score, findings }
    addRecord(summary, object, { record, quality, threshold, timeZone })
  }
  return summary
}

const finding = { severity: 'warning', points: 5, detail: 'What is wrong.', fix: 'What to do.' } as const
