import type { ChartSeries } from '#lib/quality-report/chart-data.ts'
import { inLocale } from '#lib/quality-report/labels.ts'
import { words } from '#lib/quality-report/report-texts.ts'
import { trendChart } from '#lib/quality-report/trend-chart.ts'
import type { Context } from '#lib/runtime/context.ts'
import { localDate } from '#lib/runtime/zoned-time.ts'
import type { QualityOverview } from '#schemas/api/quality.ts'

/** The trend of a quality report as a chart (SVG): a line per object. */
export function reportChart(ctx: Context, overview: QualityOverview, subtitle: string): string {
  const { tenant, objects } = ctx
  const series = overview.objects.map(({ object, trend }) => {
    const label = objects.byName.get(object)?.pluralLabel
    const points = trend.map(({ at, score }) => ({ time: Date.parse(at), value: score }))
    return { name: label ? inLocale(label, tenant) : object, points }
  })
  return trendChart({
    title: inLocale(words.trend, tenant),
    subtitle,
    description: describe(ctx, series),
    series,
    threshold: { value: overview.threshold, label: inLocale(words.threshold, tenant) },
    dayOf: time => localDate(new Date(time), tenant.timeZone),
    language: tenant.locale,
  })
}

/** From where to where each line goes, in words. */
function describe({ tenant }: Context, series: readonly ChartSeries[]): string {
  const day = (time: number) => localDate(new Date(time), tenant.timeZone)
  const sentences = series.flatMap(({ name, points }) => {
    const [first] = points
    const last = points.at(-1)
    if (!first || !last) return []
    const en = `${name}: ${first.value.toFixed(1)} on ${day(first.time)}, ${last.value.toFixed(1)} on ${day(last.time)}.`
    const zh = `${name}：${day(first.time)} 为 ${first.value.toFixed(1)} 分，${day(last.time)} 为 ${last.value.toFixed(1)} 分。`
    return [inLocale({ en, zh }, tenant)]
  })
  return sentences.join(tenant.locale === 'zh-CN' ? '' : ' ')
}
