import { parse } from 'csv-parse/sync'
import { describe, expect, it } from 'vitest'
import { systemActor } from '#lib/permissions/system-actor.ts'
import { ruleLabels } from '#lib/quality-report/labels.ts'
import { reportCsv } from '#lib/quality-report/report-csv.ts'
import { reportLines } from '#lib/quality-report/report-lines.ts'
import { reportBody } from '#lib/quality-report/report-texts.ts'
import type { Context } from '#lib/runtime/context.ts'
import type { QualityOverview } from '#schemas/api/quality.ts'
import { standardObjects } from '#schemas/registry.ts'
import { qualityRules } from '#schemas/settings/quality.ts'
import { testTenant } from '../../../support/table.ts'

const contextIn = (locale: 'en' | 'zh-CN') =>
  ({ actor: systemActor, tenant: { ...testTenant, locale }, objects: standardObjects }) as Context
const zh = contextIn('zh-CN')

const at = '2026-03-29T18:00:00.000Z'
const overview = (more: Partial<QualityOverview> = {}): QualityOverview => ({
  at,
  runId: 'run_1',
  threshold: 60,
  objects: [
    {
      object: 'contact',
      scope: 'own',
      records: 3,
      score: 71.5,
      below: 1,
      findings: { freshness: 2 },
      trend: [{ at, records: 3, score: 71.5, below: 1 }],
    },
  ],
  ...more,
})
const audits = [
  {
    id: 'aud_1',
    month: '2026-03',
    checked: 8,
    wrong: 1,
    accuracy: 0.875,
    owners: [{ key: 'user_1', title: '@王芳', checked: 8, wrong: 1, accuracy: 0.875 }],
  },
]
const rowsOf = (more: Partial<QualityOverview> = {}): string[][] => parse(reportCsv(zh, overview(more)), { bom: true })

describe('the table of a report', () => {
  it('names every rule, and counts the records that break it', () => {
    const [heads = [], row = []] = rowsOf()
    expect(heads.slice(6)).toEqual(qualityRules.map(rule => ruleLabels[rule].zh))
    expect(row.slice(6)).toEqual(qualityRules.map(rule => (rule === 'freshness' ? '2' : '0')))
  })

  it('ends with what people found in samples, next to what the rules found', () => {
    expect(rowsOf({ audits }).slice(2)).toEqual([
      ['2026-03', '人工抽查（正确率%）', '合计', '8', '87.5', '1', ...qualityRules.map(() => '')],
      ['2026-03', '人工抽查（正确率%）', "'@王芳", '8', '87.5', '1', ...qualityRules.map(() => '')],
    ])
  })

  it.each(['=1+1', '+cmd|calc', '-2+3', '@SUM(A1)', '\t=1', '＝1+1', '=HYPERLINK("http://x","y")'])(
    'runs no owner called %j',
    title => {
      const [group] = overview().objects
      const groups = [{ key: 'user_1', title, records: 1, score: 50, below: 1, findings: {} }]
      const rows = rowsOf({ objects: group ? [{ ...group, groups }] : [] })
      expect(rows[2]?.[2]).toBe(`'${title}`)
    },
  )
})

describe('a report in short', () => {
  it.each<[number[], number | undefined]>([
    [[71.5], undefined],
    [[70, 71.5], 1.5],
    [[80.3, 71.5], -8.8],
    [[71.5, 71.5], 0],
    [[10, 80, 71.5], -8.5],
  ])('of weekly scores %j tells a change of %j', (scores, change) => {
    const trend = scores.map((score, i) => {
      const back = (scores.length - 1 - i) * 7 * 86_400_000
      return { at: new Date(Date.parse(at) - back).toISOString(), records: 3, score, below: 1 }
    })
    const [object] = overview().objects
    const [line] = reportLines(overview({ objects: object ? [{ ...object, trend }] : [] }))
    expect(line?.change).toBe(change)
  })

  it('compares with a week before, not with yesterday', () => {
    const daily = [8, 7, 6, 5, 1, 0].map((days, i) => {
      return { at: new Date(Date.parse(at) - days * 86_400_000).toISOString(), records: 3, score: 60 + i, below: 0 }
    })
    const [object] = overview().objects
    const [line] = reportLines(overview({ objects: object ? [{ ...object, score: 70, trend: daily }] : [] }))
    expect(line?.change).toBe(8)
  })

  it.each([
    [
      zh,
      undefined,
      '联系人 3 条，平均 71.5 分，低于 60 分的有 1 条。报告附表格（CSV）与趋势图（SVG），请点击链接获取。',
    ],
    [zh, -2.5, '联系人 3 条，平均 71.5 分（较上周 -2.5），低于 60 分的有 1 条。报告附'],
    [zh, 0, '联系人 3 条，平均 71.5 分（与上周持平），低于'],
    [contextIn('en'), 2, 'Contacts: 3, mean score 71.5 (+2 on the week before), 1 below 60. The report comes as'],
    [contextIn('en'), 0, 'Contacts: 3, mean score 71.5 (as the week before), 1 below 60.'],
  ])('says so in words (%#)', (ctx, change, text) => {
    const lines = reportLines(overview()).map(line => ({ ...line, ...(change !== undefined && { change }) }))
    expect(reportBody(ctx, overview(), lines)).toContain(text)
  })

  it('tells of the last sample', () => {
    expect(reportBody(zh, overview({ audits }), [])).toContain('2026-03 人工抽查 8 条，正确率 87.5%。')
    expect(reportBody(contextIn('en'), overview({ audits }), [])).toContain(
      'Audit of 2026-03: 8 records looked at, 87.5% right.',
    )
  })
})
