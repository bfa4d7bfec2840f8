import type { TrendChart } from '#lib/quality-report/chart-data.ts'
import { type ChartScale, size, xmlText } from '#lib/quality-report/chart-scale.ts'

const style = [
  'text{font-family:system-ui,"Segoe UI","PingFang SC","Microsoft YaHei","Noto Sans CJK SC","Noto Sans SC",sans-serif;fill:#4b5563;font-size:13px}',
  '.title{font-size:20px;font-weight:600;fill:#111827}',
  '.subtitle{fill:#6b7280}',
  '.label{fill:#374151}',
  // White around words that lines may pass.
  '.halo{paint-order:stroke;stroke:#fff;stroke-width:4px;stroke-linejoin:round}',
].join('')

/** How the threshold is drawn, in the plot and in the legend. */
export const thresholdStroke = 'stroke="#b91c1c" stroke-width="1.5" stroke-dasharray="6 5"'

/** The file around what a chart shows: its size, its text for readers of screens, its heading. */
export function frame(
  chart: Pick<TrendChart, 'title' | 'subtitle' | 'description' | 'language'>,
  body: string[],
): string {
  const { width, height } = size
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" xml:lang="${chart.language}" aria-labelledby="title description">`,
    `<title id="title">${xmlText(chart.title)}</title>`,
    `<desc id="description">${xmlText(chart.description)}</desc>`,
    `<style>${style}</style>`,
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    `<text x="${size.left}" y="36" class="title">${xmlText(chart.title)}</text>`,
    `<text x="${size.left}" y="58" class="subtitle">${xmlText(chart.subtitle)}</text>`,
    ...body,
    '</svg>\n',
  ].join('\n')
}

/** Lines for each 20 points, the threshold, and days along the bottom. */
export function axes({ threshold, dayOf }: Pick<TrendChart, 'threshold' | 'dayOf'>, scale: ChartScale): string[] {
  const levels = [0, 20, 40, 60, 80, 100].map(value => {
    const y = scale.y(value)
    const line = `<line x1="${size.left}" y1="${y}" x2="${size.right}" y2="${y}" stroke="${value === 0 ? '#9ca3af' : '#e5e7eb'}"/>`
    return `${line}<text x="${size.left - 10}" y="${y + 4.5}" text-anchor="end">${value}</text>`
  })
  return [...levels, thresholdLine(threshold, scale), ...days(dayOf, scale)]
}

function thresholdLine({ value }: TrendChart['threshold'], scale: ChartScale): string {
  const y = scale.y(value)
  return `<line x1="${size.left}" y1="${y}" x2="${size.right}" y2="${y}" ${thresholdStroke}/>`
}

/** At most 6 days, evenly apart, each day once. */
function days(dayOf: (time: number) => string, { from, to, x }: ChartScale): string[] {
  const steps = to > from ? 5 : 0
  const times = Array.from({ length: steps + 1 }, (_, i) => from + ((to - from) * i) / Math.max(steps, 1))
  const seen = new Set<string>()
  return times.flatMap(time => {
    const day = dayOf(time)
    if (seen.has(day)) return []
    seen.add(day)
    const place = x(time)
    const tick = `<line x1="${place}" y1="${size.bottom}" x2="${place}" y2="${size.bottom + 5}" stroke="#9ca3af"/>`
    return [`${tick}<text x="${place}" y="${size.bottom + 24}" text-anchor="middle">${xmlText(day)}</text>`]
  })
}
