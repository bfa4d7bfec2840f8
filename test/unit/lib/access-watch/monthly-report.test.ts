import { afterAll, beforeAll, expect, it } from 'vitest'
import { sendMonthlyReport } from '#lib/access-watch/monthly-report.ts'
import { createRecord } from '#lib/records/operations/create-record.ts'
import { removeRecord } from '#lib/records/operations/remove-record.ts'
import { updateRecord } from '#lib/records/operations/update-record.ts'
import { inParallel } from '#lib/runtime/in-parallel.ts'
import { writeTallies } from '#lib/store/access-tallies.ts'
import { toldTo } from '../../../support/reminders.ts'
import {
  type Cast,
  objectNamed,
  seedCast,
  startTables,
  systemContext,
  type Tables,
  testTenant,
} from '../../../support/table.ts'

let tables: Tables
let cast: Cast
beforeAll(async () => {
  tables = await startTables()
  cast = await seedCast(tables)
})
afterAll(() => tables.stop())

/** As the tallies of one log file would say. */
async function worked(actor: string, hour: string, calls: number, exported = 0): Promise<void> {
  const { store } = systemContext(tables)
  const tally = { actor, hour, file: `file of ${hour}`, shown: calls, exported, denials: 0, calls }
  await writeTallies(store, [tally], 4_000_000_000)
}

it("has who left in the month, programs, and the month of the tenant's own calendar", async () => {
  const ctx = systemContext(tables)
  const { rep, rep2, outsider, service, auditor } = cast
  // Midnight in Shanghai is 16:00 UTC the day before: the first is in October, the second and third in November.
  await worked(rep.id, '2026-10-31T15', 5)
  await worked(rep.id, '2026-10-31T16', 20)
  await worked(rep.id, '2026-11-01T15', 300)
  await worked(rep.id, '2026-11-30T16', 4_000)
  await worked(rep2.id, '2026-11-12T02', 1, 900)
  await worked(outsider.id, '2026-11-13T02', 7)
  await worked(service.id, '2026-09-13T02', 7)
  const users = objectNamed('user')
  await removeRecord(ctx, { object: users, id: rep2.id })
  await updateRecord(ctx, { object: users, id: outsider.id, patch: { status: 'disabled' } })
  await updateRecord(ctx, { object: users, id: service.id, patch: { status: 'disabled' } })
  const sent = await sendMonthlyReport(ctx, ctx.store, new Date('2026-12-01T00:30:00Z'))
  expect(sent.month).toBe('2026-11')
  const [report] = (await toldTo(ctx, auditor)).filter(({ kind }) => kind === 'accessReport')
  const lines = report?.body.split('\r\n') ?? []
  expect(lines.slice(0, 4)).toEqual([
    '姓名,角色,状态,活跃天数,请求数,查看记录数,导出记录数,被拒绝次数',
    'rep2,rep,已删除,1,1,1,900,0',
    'rep,rep,在职,1,320,320,0,0',
    'outsider,rep,停用,1,7,7,0,0',
  ])
  // Who left before the month and did nothing in it is none of its people.
  expect(lines.some(line => line.startsWith('service,'))).toBe(false)
  expect(lines.some(line => line.startsWith('manager,manager,在职,0,0,0,0,0'))).toBe(true)
})

it('says how many it leaves out of a notification', async () => {
  const ctx = systemContext(tables, { tenant: { ...testTenant, locale: 'en' } })
  const { auditor, roles } = cast
  const names = Array.from({ length: 300 }, (_, i) => `many${i}`)
  await inParallel(names, 10, async name => {
    const input = { name, email: `${name}@example.com`, roleId: roles['rep'] ?? '' }
    await createRecord(ctx, { object: objectNamed('user'), input })
  })
  const { people } = await sendMonthlyReport(ctx, ctx.store, new Date('2026-11-15T00:30:00Z'))
  const [report] = (await toldTo(ctx, auditor)).filter(({ title }) => title.startsWith('Accesses of 2026-10'))
  const lines = report?.body.split('\r\n').filter(line => line !== '') ?? []
  expect(lines).toHaveLength(1 + 300 + 1)
  expect(people).toBeGreaterThan(300)
  expect(lines.at(-1)).toBe(`and ${people - 300} more: ask /v1/access-log`)
})
