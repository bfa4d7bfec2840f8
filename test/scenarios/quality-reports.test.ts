import { setTimeout as sleep } from 'node:timers/promises'
import { parse } from 'csv-parse/sync'
import { beforeAll, describe, expect, it } from 'vitest'
import { expectContract } from '../support/contract.ts'
import { type Caller, type Reply, useCrm } from '../support/crm.ts'
import { scenarios } from '../support/scenarios.ts'
import { xmlProblems } from '../support/well-formed.ts'

const crm = useCrm()

async function get(as: Caller, path: string): Promise<Reply['json']> {
  const reply = await crm.send({ as, method: 'GET', path })
  expect(reply.status, reply.text).toBe(200)
  expectContract({ method: 'GET', path }, reply)
  return reply.json
}

/** Runs a cleanup to its end. */
async function clean(): Promise<void> {
  const started = await crm.send({
    as: 'admin',
    method: 'POST',
    path: '/v1/maintenance/runs',
    body: { kind: 'cleanup' },
  })
  expect(started.status, started.text).toBe(202)
  for (let tries = 0; tries < 1_200; tries++) {
    const { state, report } = await get('admin', `/v1/maintenance/runs/${started.json.id}`)
    expect(state, JSON.stringify(report)).not.toBe('failed')
    if (state === 'succeeded') return
    await sleep(100)
  }
  throw new Error('The cleanup does not end')
}

const monday = () => new Date(Date.now() + 60_000).toISOString()
const send = (scheduledAt: string) =>
  crm.stack().invoke('schedules/weekly-report', { kind: 'weeklyReport', scheduledAt })
const customersIn = (overview: Reply['json']) =>
  overview.objects.find(({ object }: { object: string }) => object === 'customer')

beforeAll(async () => {
  await crm.create('rep', 'customers', {
    name: '上海长青贸易有限公司',
    source: 'website',
    phones: [{ value: '13912345678' }],
  })
  await crm.create('rep', 'customers', { name: 'Bare', source: 'phone' })
  await crm.create('rep2', 'customers', { name: '北京松柏科技有限公司', source: 'website' })
  await crm.create('admin', 'customers', { name: 'The admin’s own' })
})

describe('quality', () => {
  it('has no figures before a cleanup, and none to report', async () => {
    expect(await get('admin', '/v1/quality')).toEqual({ threshold: 60, objects: [] })
    expect(await send(monday())).toMatchObject({ reports: 0, skipped: 'noFigures' })
    expect((await get('admin', '/v1/notifications')).items).toEqual([])
  })

  it('after one shows each what they may see, and a second makes a trend', async () => {
    await clean()
    await clean()
    const seen = async (as: Caller) => customersIn(await get(as, '/v1/quality?object=customers&by=owner'))
    expect(await seen('admin')).toMatchObject({ scope: 'all', records: 4, groups: [{}, {}, {}] })
    expect(await seen('manager')).toMatchObject({ scope: 'team', records: 3 })
    expect(await seen('rep')).toMatchObject({ scope: 'own', records: 2, groups: [{ records: 2 }] })
    expect((await seen('rep')).trend).toHaveLength(2)
    expect((await seen('admin')).score).toBeGreaterThan(0)
    const bySource = customersIn(await get('manager', '/v1/quality?by=source'))
    expect(bySource.groups.map(({ key, records }: Record<string, unknown>) => [key, records])).toEqual([
      ['website', 2],
      ['phone', 1],
    ])
  })

  it('counts what the records themselves say', async () => {
    const { items } = await get('admin', '/v1/customers?limit=200&fields=quality')
    const scores = items.map(({ quality }: { quality: { score: number } }) => quality.score)
    const mean = scores.reduce((sum: number, score: number) => sum + score, 0) / scores.length
    expect(customersIn(await get('admin', '/v1/quality')).score).toBeCloseTo(mean, 1)
  })

  scenarios(crm, [
    {
      name: 'of an object that is none is refused',
      as: 'admin',
      get: '/v1/quality?object=ghosts',
      status: 400,
      json: { errors: [{ parameter: 'object' }] },
    },
    { name: 'by something else is refused', as: 'admin', get: '/v1/quality?by=colour', status: 400 },
    { name: 'is not for strangers', get: '/v1/quality', status: 401 },
    {
      name: 'has reports of its own for each: none is found by chance',
      as: 'rep',
      get: '/v1/quality/reports/qrp_1',
      status: 404,
    },
  ])
})

describe('the weekly report', () => {
  it('comes to the inbox with a table and a chart, and once', async () => {
    const at = monday()
    expect(await send(at)).toMatchObject({ reports: 6 })
    expect(await send(at)).toMatchObject({ reports: 6 })
    const { items } = await get('rep', '/v1/notifications')
    expect(items).toHaveLength(1)
    expect(items[0]).toMatchObject({ kind: 'weeklyQualityReport', title: expect.stringMatching(/^数据质量周报 /) })
    const report = await get('rep', items[0].link)
    const [csv, svg] = await Promise.all(report.files.map(({ url }: { url: string }) => fetch(url)))
    expect(csv.headers.get('content-disposition')).toMatch(/attachment; filename.*quality-\d{4}-\d\d-\d\d\.csv/)
    const bytes = Buffer.from(await csv.arrayBuffer())
    expect([...bytes.subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf])
    const rows: string[][] = parse(bytes, { bom: true })
    expect(rows[1]?.slice(1, 4)).toEqual(['客户', '合计', '2'])
    expect(xmlProblems(await svg.text())).toEqual([])
    expect((await get('rep', '/v1/quality/reports')).items).toMatchObject([{ id: report.id }])
    const other = await crm.send({ as: 'rep2', method: 'GET', path: items[0].link })
    expect(other.status).toBe(404)
  })

  it('is marked as read by its reader alone, and once', async () => {
    const [{ id }] = (await get('rep', '/v1/notifications?unread=true')).items
    const path = `/v1/notifications/${id}/read`
    const refused = await crm.send({ as: 'admin', method: 'POST', path })
    expect(refused.status).toBe(404)
    const first = await crm.send({ as: 'rep', method: 'POST', path })
    expectContract({ method: 'POST', path }, first)
    expect(first.json).toMatchObject({ id, version: 2 })
    const again = await crm.send({ as: 'rep', method: 'POST', path, headers: { 'idempotency-key': 'read-1' } })
    expect(again.json).toEqual(first.json)
    expect((await get('rep', '/v1/notifications?unread=true')).items).toEqual([])
    expect((await get('rep', '/v1/notifications')).items).toHaveLength(1)
  })

  it('refuses to be called with something else', async () => {
    await expect(send('soon')).rejects.toThrow('InvalidInput')
  })
})
