import { parse } from 'csv-parse/sync'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findNotifications } from '#lib/notifications/find-notifications.ts'
import type { Actor } from '#lib/permissions/actor.ts'
import { findReports } from '#lib/quality-report/find-reports.ts'
import { getReport } from '#lib/quality-report/get-report.ts'
import { saveSnapshot } from '#lib/quality-report/save-snapshot.ts'
import { sendWeeklyReports } from '#lib/quality-report/send-weekly-reports.ts'
import { createRecord } from '#lib/records/operations/create-record.ts'
import { updateRecord } from '#lib/records/operations/update-record.ts'
import type { Context } from '#lib/runtime/context.ts'
import type { JsonObject } from '#schemas/json.ts'
import { defaultPolicy } from '#schemas/settings.ts'
import { killedAt } from '../../../support/frail-store.ts'
import { memoryFiles } from '../../../support/memory-files.ts'
import { summaryOf } from '../../../support/quality-summary.ts'
import {
  type Cast,
  contextOf,
  countItems,
  objectNamed,
  refusalOf,
  seedCast,
  startTables,
  systemContext,
  type Tables,
} from '../../../support/table.ts'
import { xmlProblems } from '../../../support/well-formed.ts'

/** Monday at 8 in Shanghai. */
const monday = '2026-03-30T00:00:00.000Z'
const mondayAfter = '2026-04-06T00:00:00.000Z'
const clock = { now: () => new Date('2026-04-07T00:00:00.000Z') }

let tables: Tables
let cast: Cast
const files = memoryFiles()
const system = (more: Partial<Context> = {}) => systemContext(tables, { clock, ...more })
const as = (actor: Actor) => contextOf(tables, actor, { clock })

beforeAll(async () => {
  tables = await startTables()
  cast = await seedCast(tables)
  for (const [runId, at, better] of [
    ['run_1', '2026-03-22T18:00:00.000Z', 0],
    ['run_2', '2026-03-29T18:00:00.000Z', 12],
  ] as const) {
    const { east, west } = cast.teams
    const records = [
      { object: 'customer', owner: cast.rep.id, team: east, score: 50 + better, rules: ['completeness'] as const },
      { object: 'customer', owner: cast.rep2.id, team: east, score: 80, rules: ['phoneInvalid', 'freshness'] as const },
      { object: 'customer', owner: cast.outsider.id, team: west, score: 30 },
      { object: 'customer', score: 30 },
      { object: 'contact', owner: cast.rep.id, team: east, score: 90 },
    ]
    await saveSnapshot(system(), { runId, at, summary: summaryOf(records) })
  }
  await updateRecord(system(), { object: objectNamed('user'), id: cast.rep2.id, patch: { name: '=HYPERLINK("x")' } })
})
afterAll(() => tables.stop())

const inbox = async (actor: Actor) => (await findNotifications(as(actor), { limit: 50 })).items
const reportsOf = async (actor: Actor) => (await findReports(as(actor), { limit: 50 })).items
async function fileOf(actor: Actor, kind: 'csv' | 'svg'): Promise<string> {
  const [report] = await reportsOf(actor)
  const { files: links } = await getReport(as(actor), files, report?.id ?? '')
  const link = links.find(({ name }) => name.endsWith(kind))
  return files.readText(link?.url.replace('memory:', '') ?? '')
}
const rowsOf = (csv: string): string[][] => parse(csv, { bom: true })

describe('the weekly report', () => {
  it('goes to each owner and to who leads, to nobody else, and never to a program', async () => {
    const program = await hire({ roleId: cast.roles['integration'] ?? '', clientId: 'erp-client' })
    const gone = await hire({ roleId: cast.roles['admin'] ?? '', status: 'disabled' })
    expect(await sendWeeklyReports(system(), files, monday)).toEqual({ reports: 7 })
    // The role of service may put right every contact, and so may this person with the role of a program.
    for (const name of ['admin', 'manager', 'rep', 'rep2', 'outsider', 'service', 'integration'] as const)
      expect(await inbox(cast[name]), name).toHaveLength(1)
    for (const actor of [cast.auditor, { ...cast.rep, id: program }, { ...cast.rep, id: gone }])
      expect(await inbox(actor), actor.id).toEqual([])
  })

  it('tells in the language of the tenant what each may see, with the way to the report', async () => {
    const [message] = await inbox(cast.manager)
    const [report] = await reportsOf(cast.manager)
    expect(message).toMatchObject({
      kind: 'weeklyQualityReport',
      title: '数据质量周报 2026-03-30',
      link: `/v1/quality/reports/${report?.id}`,
    })
    expect(message?.body).toBe(
      '客户 2 条，平均 71 分（较上周 +6），低于 60 分的有 0 条。联系人 1 条，平均 90 分（与上周持平），低于 60 分的有 0 条。报告附表格（CSV）与趋势图（SVG），请点击链接获取。',
    )
    expect(report).toMatchObject({
      scheduledAt: monday,
      snapshotAt: '2026-03-29T18:00:00.000Z',
      summary: [
        { object: 'customer', records: 2, score: 71, below: 0, change: 6 },
        { object: 'contact', records: 1, score: 90, below: 0, change: 0 },
      ],
    })
    expect((await inbox(cast.rep))[0]?.body).toContain('客户 1 条，平均 62 分（较上周 +12）')
  })

  it('is a table that Excel reads as Chinese and runs nothing of', async () => {
    const csv = await fileOf(cast.manager, 'csv')
    expect(csv.startsWith('\u{feff}日期,对象,负责人,记录数,平均分,低于及格线 (60),信息不完整,')).toBe(true)
    const rows = rowsOf(csv)
    expect(rows.slice(1).map(row => row.slice(0, 6))).toEqual([
      ['2026-03-30', '客户', '合计', '2', '71.0', '0'],
      ...[
        ['2026-03-30', '客户', 'rep', '1', '62.0', '0'],
        ['2026-03-30', '客户', '\'=HYPERLINK("x")', '1', '80.0', '0'],
      ].toSorted((a, b) => (idNamed(a[2]) < idNamed(b[2]) ? -1 : 1)),
      ['2026-03-23', '客户', '合计', '2', '65.0', '1'],
      ['2026-03-30', '联系人', '合计', '1', '90.0', '0'],
      ['2026-03-30', '联系人', 'rep', '1', '90.0', '0'],
      ['2026-03-23', '联系人', '合计', '1', '90.0', '0'],
    ])
    const phone = rows[0]?.indexOf('电话无效') ?? -1
    expect(rows.slice(1, 5).map(row => row[phone])).toEqual(expect.arrayContaining(['1', '0', '']))
    expect(new Set(rows.map(row => row.length)).size).toBe(1)
  })

  it('is a chart with a line per object', async () => {
    const svg = await fileOf(cast.admin, 'svg')
    expect(xmlProblems(svg)).toEqual([])
    expect(svg).toContain('数据质量平均分趋势')
    expect(svg).toContain('客户：2026-03-23 为 47.5 分，2026-03-30 为 50.5 分。')
    expect(svg.match(/<polyline/g)).toHaveLength(2)
  })

  it('shows nobody what they may not see: neither figures nor names nor the reports of others', async () => {
    for (const kind of ['csv', 'svg'] as const) {
      const text = await fileOf(cast.rep, kind)
      expect(text).not.toMatch(/HYPERLINK|outsider|47\.5/)
    }
    expect(rowsOf(await fileOf(cast.manager, 'csv')).map(row => row[2])).not.toContain('outsider')
    const [report] = await reportsOf(cast.manager)
    expect((await refusalOf(getReport(as(cast.rep), files, report?.id ?? ''))).code).toBe('not_found')
    expect(await getReport(as(cast.admin), files, report?.id ?? '')).toMatchObject({ title: report?.title })
  })

  it('of the same time is sent once, whatever was found since', async () => {
    const counts = async () => [await countItems(tables), files.keys().length, (await inbox(cast.rep)).length]
    const before = await counts()
    const csv = await fileOf(cast.rep, 'csv')
    await saveSnapshot(system(), { runId: 'late', at: '2026-03-29T20:00:00.000Z', summary: summaryOf([]) })
    const kept = await counts()
    await Promise.all([sendWeeklyReports(system(), files, monday), sendWeeklyReports(system(), files, monday)])
    expect(await counts()).toEqual(kept)
    expect(kept.slice(1)).toEqual(before.slice(1))
    expect(await fileOf(cast.rep, 'csv')).toBe(csv)
  })

  it('of another week is another', async () => {
    const summary = summaryOf([{ object: 'customer', owner: cast.rep.id, team: cast.teams.east, score: 70 }])
    await saveSnapshot(system(), { runId: 'run_4', at: '2026-04-05T18:00:00.000Z', summary })
    await sendWeeklyReports(system(), files, mondayAfter)
    expect((await inbox(cast.rep)).map(({ title }) => title)).toHaveLength(2)
    expect((await reportsOf(cast.rep)).map(({ scheduledAt }) => scheduledAt)).toEqual([mondayAfter, monday])
  })
})

describe('sending the weekly reports', () => {
  it.each([1, 2, 3, 5, 8])('cut off at file %i and begun again: each has one report and one message', async nth => {
    const at = new Date(Date.parse(mondayAfter) + nth * 1_000).toISOString()
    let writes = 0
    const frail = memoryFiles({
      onWrite: () => {
        writes += 1
        if (writes === nth) throw new Error('killed')
      },
    })
    await expect(sendWeeklyReports(system(), frail, at)).rejects.toThrow('killed')
    expect(await sendWeeklyReports(system(), frail, at)).toEqual({ reports: expect.any(Number) })
    for (const actor of [cast.admin, cast.manager, cast.rep]) {
      const reports = (await reportsOf(actor)).filter(({ scheduledAt }) => scheduledAt === at)
      const told = (await inbox(actor)).filter(({ link }) => link === `/v1/quality/reports/${reports[0]?.id}`)
      expect([reports.length, told.length]).toEqual([1, 1])
      expect(frail.keys().filter(key => key.includes(reports[0]?.id ?? '?'))).toHaveLength(2)
    }
  })

  it.each([
    [1, 'before'],
    [1, 'after'],
    [4, 'before'],
    [7, 'after'],
    [9, 'before'],
    [10, 'after'],
  ] as const)('killed at transaction %i, %s it is written, and begun again: the same', async (nth, moment) => {
    const at = new Date(Date.parse(mondayAfter) + nth * 60_000 + moment.length * 1_000).toISOString()
    const kept = memoryFiles()
    await expect(sendWeeklyReports(killedAt(system(), nth, moment), kept, at)).rejects.toThrow('killed')
    const { reports } = await sendWeeklyReports(system(), kept, at)
    expect(kept.keys()).toHaveLength(2 * reports)
    for (const actor of [cast.admin, cast.manager, cast.rep, cast.service]) {
      const made = (await reportsOf(actor)).filter(({ scheduledAt }) => scheduledAt === at)
      const told = (await inbox(actor)).filter(({ link }) => link === `/v1/quality/reports/${made[0]?.id}`)
      expect([made.length, told.length]).toEqual([1, 1])
    }
  })

  it('is left out where the tenant has switched it off, and before there are figures', async () => {
    const policy = { ...defaultPolicy, reports: { ...defaultPolicy.reports, weekly: false } }
    const off = await sendWeeklyReports(system({ policy }), files, '2026-04-13T00:00:00.000Z')
    expect(off).toEqual({ reports: 0, skipped: 'switchedOff' })
    const early = await sendWeeklyReports(system(), files, '2025-01-06T00:00:00.000Z')
    expect(early).toEqual({ reports: 0, skipped: 'noFigures' })
  })

  it('forgets no reader for the failure of another, and ends with the failure', async () => {
    const at = '2026-04-06T12:00:00.000Z'
    const frail = memoryFiles({
      onWrite: key => {
        if (writes.add(key).size === 1) throw new Error('one fails')
      },
    })
    const writes = new Set<string>()
    await expect(sendWeeklyReports(system(), frail, at)).rejects.toThrow('one fails')
    const all = await Promise.all([cast.admin, cast.manager, cast.rep].map(reportsOf))
    expect(all.flat().filter(({ scheduledAt }) => scheduledAt === at).length).toBeGreaterThanOrEqual(2)
  })

  it('speaks English where the tenant does', async () => {
    const tenant = { ...system().tenant, locale: 'en' as const }
    const at = '2026-04-06T13:00:00.000Z'
    const english = memoryFiles()
    await sendWeeklyReports(system({ tenant }), english, at)
    const message = (await inbox(cast.rep)).find(({ title }) => title === 'Data quality, week of 2026-04-06')
    expect(message?.body).toMatch(/^Customers: 1, mean score 70 \(\+8 on the week before\), 0 below 60\. The report/)
    const csv = english.keys().find(key => key.endsWith('csv')) ?? ''
    expect(await english.readText(csv)).toMatch(
      /^\ufeffDate,Object,Owner,Records,Mean score,Below threshold \(60\),Incomplete,/,
    )
  })
})

/** Another user, by id. */
async function hire(input: JsonObject): Promise<string> {
  const name = String(input['clientId'] ?? input['status'])
  const fields = { name, email: `${name}@example.com`, ...input }
  return (await createRecord(system(), { object: objectNamed('user'), input: fields })).id
}
const idNamed = (name = '') => (name === 'rep' ? cast.rep.id : cast.rep2.id)
