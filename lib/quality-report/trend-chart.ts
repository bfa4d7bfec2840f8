import { axes, frame, thresholdStroke } from '#lib/quality-report/chart-axes.ts'
import type { ChartSeries, TrendChart } from '#lib/quality-report/chart-data.ts'
import { type ChartScale, chartScale, size, textWidth, xmlText } from '#lib/quality-report/chart-scale.ts'

/** Told apart by people who do not see colours as most do, and by their marks besides (Okabe and Ito). */
const colours = ['#0072B2', '#D55E00', '#009E73', '#7A4FA3', '#8A6D00', '#4D4D4D']
/** 22 pixels between the last values of two lines: their labels stay apart. */
const labelGap = 22

/** A line chart of scores as a file of SVG that needs nothing else: no script, no font, no image. */
export function trendChart(chart: TrendChart): string {
  const scale = chartScale(chart.series.flatMap(({ points }) => points))
  const lines = chart.series.map((series, i) => lineOf(series, scale, i))
  const body = [...axes(chart, scale), ...lines, ...endLabels(chart.series, scale)]
  return frame(chart, [...legend(chart), ...body])
}

function lineOf({ points }: ChartSeries, scale: ChartScale, index: number): string {
  const colour = colourAt(index)
  const places = points.map(({ time, value }) => ({ x: scale.x(time), y: scale.y(value) }))
  const path = places.map(({ x, y }) => `${x},${y}`).join(' ')
  const line = `<polyline fill="none" stroke="${colour}" stroke-width="2.5" stroke-linejoin="round" stroke-linecap="round" points="${path}"/>`
  // Beyond 60 the marks of one line would run into each other.
  const marked = places.length <= 60 ? places : places.slice(-1)
  return [places.length > 1 ? line : '', ...marked.map(({ x, y }) => markAt(index, x, y))].join('')
}

/** Circle, square, diamond, and from the start again. */
function markAt(index: number, x: number, y: number): string {
  const style = `fill="#fff" stroke="${colourAt(index)}" stroke-width="2"`
  if (index % 3 === 0) return `<circle cx="${x}" cy="${y}" r="3.5" ${style}/>`
  if (index % 3 === 1) return `<rect x="${x - 3.2}" y="${y - 3.2}" width="6.4" height="6.4" ${style}/>`
  return `<path d="M${x} ${y - 4.4}L${x + 4.4} ${y}L${x} ${y + 4.4}L${x - 4.4} ${y}Z" ${style}/>`
}

/** The last value of each line at its end, pushed apart where they would cover each other. */
function endLabels(series: readonly ChartSeries[], scale: ChartScale): string[] {
  const ends = series.flatMap(({ points }, index) => {
    const last = points.at(-1)
    return last ? [{ index, value: last.value, x: scale.x(last.time), y: scale.y(last.value) }] : []
  })
  let free = Number.NEGATIVE_INFINITY
  const placed = ends
    .toSorted((a, b) => a.y - b.y)
    .map(end => {
      const at = Math.max(end.y, free)
      free = at + labelGap
      return { ...end, at }
    })
  const tooLow = Math.max(0, (placed.at(-1)?.at ?? 0) - size.bottom)
  return placed.map(({ index, value, x, at }) => {
    const style = `fill:${colourAt(index)};font-weight:600`
    return `<text x="${x + 12}" y="${at - tooLow + 5}" class="halo" style="${style}">${value.toFixed(1)}</text>`
  })
}

/** What each line and mark stands for, side by side. */
function legend({ series, threshold }: TrendChart): string[] {
  let x: number = size.left
  const entry = (drawn: (at: number) => string, name: string) => {
    const at = x
    x += textWidth(name, 13) + 52
    return `${drawn(at)}<text x="${at + 29}" y="82.5" class="label">${xmlText(name)}</text>`
  }
  const line = (at: number, stroke: string) => `<line x1="${at}" y1="78" x2="${at + 22}" y2="78" ${stroke}/>`
  const lines = series.map(({ name }, index) =>
    entry(at => line(at, `stroke="${colourAt(index)}" stroke-width="2.5"`) + markAt(index, at + 11, 78), name),
  )
  return [...lines, entry(at => line(at, thresholdStroke), `${threshold.label} ${threshold.value}`)]
}

function colourAt(index: number): string {
  return colours[index % colours.length] ?? '#000'
}
