import { inLocale, ruleLabels } from '#lib/quality-report/labels.ts'
import { words } from '#lib/quality-report/report-texts.ts'
import type { Context } from '#lib/runtime/context.ts'
import { localDate } from '#lib/runtime/zoned-time.ts'
import { csvLine } from '#lib/transfer/csv/write-csv.ts'
import type { ObjectQuality, QualityAudit, QualityGroup, QualityOverview } from '#schemas/api/quality.ts'
import { qualityRules } from '#schemas/settings/quality.ts'

type Figures = Pick<QualityGroup, 'records' | 'score' | 'below'> & Partial<Pick<QualityGroup, 'findings'>>

/** Byte order mark: without it Excel takes UTF-8 for the encoding of the country. */
const mark = '\u{feff}'

/**
 * A quality report as a table for Excel: a line per object and owner with the latest figures, then a line per object and
 * earlier date, and last what people found in samples. A cell that a spreadsheet would run is made harmless.
 */
export function reportCsv(ctx: Context, overview: QualityOverview): string {
  const { tenant } = ctx
  const heads = [words.date, words.object, words.owner, words.records, words.score].map(word => inLocale(word, tenant))
  const below = `${inLocale(words.below, tenant)} (${overview.threshold})`
  const rules = qualityRules.map(rule => inLocale(ruleLabels[rule], tenant))
  const lines = overview.objects.flatMap(object => objectLines(ctx, object, overview.at))
  const audits = (overview.audits ?? []).flatMap(audit => auditLines(ctx, audit))
  return mark + [[...heads, below, ...rules], ...lines, ...audits].map(cells => csvLine(cells)).join('')
}

/** What people found: the score is the share of right records in percent, below it are the wrong ones. */
function auditLines({ tenant }: Context, { month, owners, ...total }: QualityAudit): string[][] {
  const name = inLocale(words.audit, tenant)
  const line = (owner: string, { checked, wrong, accuracy }: Omit<QualityAudit, 'id' | 'month' | 'owners'>) => [
    month,
    name,
    owner,
    ...cellsOf({ records: checked, score: accuracy * 100, below: wrong }),
  ]
  return [line(inLocale(words.everybody, tenant), total), ...owners.map(owner => line(owner.title, owner))]
}

function objectLines(ctx: Context, object: ObjectQuality, at = ''): string[][] {
  const { tenant } = ctx
  const label = ctx.objects.byName.get(object.object)?.pluralLabel
  const name = label ? inLocale(label, tenant) : object.object
  const everybody = inLocale(words.everybody, tenant)
  const line = (time: string, owner: string, figures: Figures) => [
    localDate(new Date(time), tenant.timeZone),
    name,
    owner,
    ...cellsOf(figures),
  ]
  const earlier = object.trend.filter(point => point.at < at).toReversed()
  return [
    line(at, everybody, object),
    ...(object.groups ?? []).map(group => line(at, group.title, group)),
    ...earlier.map(point => line(point.at, everybody, point)),
  ]
}

/** What is not known of earlier times stays empty: it is not zero. */
function cellsOf({ records, score, below, findings }: Figures): string[] {
  const byRule = qualityRules.map(rule => (findings ? String(findings[rule] ?? 0) : ''))
  return [String(records), score.toFixed(1), String(below), ...byRule]
}
