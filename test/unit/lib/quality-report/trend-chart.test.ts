import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { TrendChart } from '#lib/quality-report/chart-data.ts'
import { xmlText } from '#lib/quality-report/chart-scale.ts'
import { trendChart } from '#lib/quality-report/trend-chart.ts'
import { xmlProblems } from '../../../support/well-formed.ts'

const day = 86_400_000
const start = Date.parse('2026-01-04T18:00:00Z')
const line = (...values: number[]) => values.map((value, i) => ({ time: start + i * 7 * day, value }))
const chart = (more: Partial<TrendChart> = {}): TrendChart => ({
  title: '数据质量平均分趋势',
  subtitle: '数据质量周报 2026-03-30',
  description: '客户：2026-01-05 为 60.0 分。',
  series: [
    { name: '客户', points: line(60, 72.5, 81) },
    { name: 'Contacts', points: line(90, 88, 91) },
  ],
  threshold: { value: 60, label: '及格线' },
  dayOf: time => new Date(time).toISOString().slice(0, 10),
  language: 'zh-CN',
  ...more,
})
const hostile = '</text><script>alert("1")</script>&\u0000\ud800\'<![CDATA['

describe('the chart of a trend', () => {
  it('is well-formed whatever stands in it', () => {
    const text = fc.string({ unit: 'binary', maxLength: 30 })
    const score = fc.double({ min: 0, max: 100, noNaN: true })
    const series = fc.array(fc.record({ name: text, scores: fc.array(score, { maxLength: 80 }) }), { maxLength: 7 })
    fc.assert(
      fc.property(text, series, fc.integer({ min: 0, max: 100 }), (title, lines, value) => {
        const made = lines.map(({ name, scores }) => ({ name, points: line(...scores) }))
        const svg = trendChart(
          chart({ title, subtitle: title, description: title, series: made, threshold: { value, label: title } }),
        )
        expect(xmlProblems(svg)).toEqual([])
        expect(svg).not.toMatch(/NaN|Infinity|undefined/)
      }),
    )
  })

  it('shows texts as texts: nothing in them becomes markup', () => {
    const svg = trendChart(chart({ title: hostile, subtitle: hostile, series: [{ name: hostile, points: line(50) }] }))
    expect(xmlProblems(svg)).toEqual([])
    expect(svg).not.toContain('<script')
    expect(svg).toContain('&lt;script&gt;alert(&quot;1&quot;)')
  })

  it('goes red when a text is not escaped', () => {
    const svg = trendChart(chart({ title: 'A & B' }))
    expect(xmlProblems(svg)).toEqual([])
    expect(xmlProblems(svg.replaceAll('&amp;', '&'))).not.toEqual([])
    expect(xmlProblems(svg.replace('</title>', ''))).not.toEqual([])
    expect(xmlProblems(trendChart(chart()).replace('数据', '\u0001'))).not.toEqual([])
  })

  it('says what it shows to who cannot see it, and needs nothing from elsewhere', () => {
    const svg = trendChart(chart())
    expect(svg).toContain('role="img" xml:lang="zh-CN" aria-labelledby="title description"')
    expect(svg).toContain('<title id="title">数据质量平均分趋势</title>')
    expect(svg).toContain('<desc id="description">客户：2026-01-05 为 60.0 分。</desc>')
    expect(svg).not.toMatch(/<script|<image|href=|url\(|@import/)
    expect([...svg.matchAll(/https?:\/\/[^"]+/g)].map(([url]) => url)).toEqual(['http://www.w3.org/2000/svg'])
  })

  it('draws each line through its scores, 100 at the top and 0 at the bottom, and names its last', () => {
    const svg = trendChart(chart({ series: [{ name: '客户', points: line(0, 50, 100) }] }))
    expect(svg).toContain('points="56,348 373,226 690,104"')
    expect(svg).toMatch(/>100\.0<\/text>/)
    expect(svg).toContain('>2026-01-04</text>')
    expect(svg).toContain('>2026-01-18</text>')
  })

  it('keeps the last values apart, and inside the chart', () => {
    const same = Array.from({ length: 5 }, (_, i) => ({ name: `Line ${i}`, points: line(1, 0) }))
    const svg = trendChart(chart({ series: same }))
    const places = [...svg.matchAll(/y="([\d.]+)" class="halo"/g)].map(([, y]) => Number(y))
    expect(places).toHaveLength(5)
    for (const [i, y] of places.entries()) {
      expect(y).toBeLessThanOrEqual(360)
      expect(i === 0 ? 22 : y - (places[i - 1] ?? 0)).toBeGreaterThanOrEqual(16)
    }
  })

  it('of a single time is a mark in the middle, of nothing an empty plot', () => {
    const one = trendChart(chart({ series: [{ name: '客户', points: line(80) }] }))
    expect(one).toContain('cx="373"')
    expect(one).not.toContain('<polyline')
    expect(xmlProblems(trendChart(chart({ series: [] })))).toEqual([])
  })
})

it.each([
  ['a<b>c', 'a&lt;b&gt;c'],
  ['"&\'', '&quot;&amp;&#39;'],
  ['\u0000\ud800x\u000b', '\ufffd\ufffdx\ufffd'],
  ['中文 😀', '中文 😀'],
])('the text %j is %j in XML', (text, xml) => {
  expect(xmlText(text)).toBe(xml)
})
