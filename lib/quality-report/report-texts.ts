import { inLocale, type Label } from '#lib/quality-report/labels.ts'
import type { Context } from '#lib/runtime/context.ts'
import { localDate } from '#lib/runtime/zoned-time.ts'
import type { QualityAudit, QualityOverview, ReportSummary } from '#schemas/api/quality.ts'

/** One object of a report in short. */
export type ReportLine = ReportSummary['summary'][number]

/** Column heads of the CSV file, and words of the chart. */
export const words = {
  date: { en: 'Date', zh: '日期' },
  object: { en: 'Object', zh: '对象' },
  owner: { en: 'Owner', zh: '负责人' },
  everybody: { en: 'All owners', zh: '合计' },
  records: { en: 'Records', zh: '记录数' },
  score: { en: 'Mean score', zh: '平均分' },
  below: { en: 'Below threshold', zh: '低于及格线' },
  threshold: { en: 'Threshold', zh: '及格线' },
  audit: { en: 'Audit by people (% right)', zh: '人工抽查（正确率%）' },
  trend: { en: 'Data quality: mean score', zh: '数据质量平均分趋势' },
} satisfies Record<string, Label>

/** What a report is called. */
export function reportTitle({ tenant }: Context, scheduledAt: string): string {
  const day = localDate(new Date(scheduledAt), tenant.timeZone)
  return inLocale({ en: `Data quality, week of ${day}`, zh: `数据质量周报 ${day}` }, tenant)
}

/** The report in a few sentences, for the inbox. */
export function reportBody(ctx: Context, { threshold, audits }: QualityOverview, lines: readonly ReportLine[]): string {
  const { tenant } = ctx
  const sentences = lines.map(line => inLocale(sentence(ctx, threshold, line), tenant))
  const closing = inLocale(
    {
      en: 'The report comes as a table (CSV) and a chart (SVG); follow the link.',
      zh: '报告附表格（CSV）与趋势图（SVG），请点击链接获取。',
    },
    tenant,
  )
  const audit = audits?.[0] ? [inLocale(auditSentence(audits[0]), tenant)] : []
  return [...sentences, ...audit, closing].join(tenant.locale === 'zh-CN' ? '' : ' ')
}

function sentence(
  { objects }: Context,
  threshold: number,
  { object, records, score, below, change }: ReportLine,
): Label {
  const definition = objects.byName.get(object)
  const many = definition?.pluralLabel.en ?? object
  const since = sinceLastWeek(change)
  return {
    en: `${many}: ${records}, mean score ${score}${since.en}, ${below} below ${threshold}.`,
    zh: `${definition?.pluralLabel.zh ?? object} ${records} 条，平均 ${score} 分${since.zh}，低于 ${threshold} 分的有 ${below} 条。`,
  }
}

function auditSentence({ month, checked, accuracy }: QualityAudit): Label {
  const percent = `${Math.round(accuracy * 1_000) / 10}%`
  return {
    en: `Audit of ${month}: ${checked} records looked at, ${percent} right.`,
    zh: `${month} 人工抽查 ${checked} 条，正确率 ${percent}。`,
  }
}

function sinceLastWeek(change: number | undefined): Label {
  if (change === undefined) return { en: '', zh: '' }
  if (change === 0) return { en: ' (as the week before)', zh: '（与上周持平）' }
  const signed = change > 0 ? `+${change}` : String(change)
  return { en: ` (${signed} on the week before)`, zh: `（较上周 ${signed}）` }
}
