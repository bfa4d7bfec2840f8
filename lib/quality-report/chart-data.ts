/** A value at a time, in milliseconds. */
export type ChartPoint = { time: number; value: number }

/** A line of a chart: scores of 0 to 100 by time (milliseconds), oldest first. */
export type ChartSeries = { name: string; points: readonly ChartPoint[] }

/** What a chart of scores shows. */
export type TrendChart = {
  title: string
  subtitle: string
  /** The chart in words, for who cannot see it. */
  description: string
  series: readonly ChartSeries[]
  threshold: { value: number; label: string }
  /** A day of the axis: milliseconds to text. */
  dayOf: (time: number) => string
  language: 'en' | 'zh-CN'
}
