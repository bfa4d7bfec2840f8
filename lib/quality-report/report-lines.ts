import type { ReportLine } from '#lib/quality-report/report-texts.ts'
import type { ObjectQuality, QualityOverview } from '#schemas/api/quality.ts'

/** 6 days: a report that comes a day early still compares with the week before. */
const weekMs = 6 * 86_400_000

/** What a report says in short, object by object: with the change since a week or more before the latest figures. */
export function reportLines({ objects, at }: QualityOverview): ReportLine[] {
  return objects.map(object => {
    const { records, score, below } = object
    const before = at === undefined ? undefined : weekBefore(object, at)
    const change = before === undefined ? undefined : Math.round((score - before) * 10) / 10
    return { object: object.object, records, score, below, ...(change !== undefined && { change }) }
  })
}

function weekBefore({ trend }: ObjectQuality, at: string): number | undefined {
  const until = Date.parse(at) - weekMs
  return trend.findLast(point => Date.parse(point.at) <= until)?.score
}
