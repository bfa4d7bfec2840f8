import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sendDigests } from '#lib/digests/send-digests.ts'
import type { Actor } from '#lib/permissions/actor.ts'
import { createRecord } from '#lib/records/operations/create-record.ts'
import { fireDue } from '#lib/reminders/fire-due.ts'
import type { Clock } from '#lib/runtime/clock.ts'
import { tenantPolicy } from '#schemas/settings.ts'
import { remindersOf, toldTo } from '../../../support/reminders.ts'
import {
  actorOf,
  contextOf,
  handClock,
  objectNamed,
  seedCast,
  startTables,
  systemContext,
  type Tables,
} from '../../../support/table.ts'

let tables: Tables
let roleId: string
beforeAll(async () => {
  tables = await startTables()
  roleId = (await seedCast(tables)).roles['rep'] ?? ''
})
afterAll(() => tables.stop())

async function userIn(timeZone: string, locale: string): Promise<Actor> {
  const ctx = systemContext(tables)
  const input = { name: 'U', email: `${ctx.ids.next('x')}@example.com`, roleId, timeZone, locale }
  const { id } = await createRecord(ctx, { object: objectNamed('user'), input })
  return actorOf(tables, id)
}
const send = (clock: Clock, notifications: object = {}) =>
  sendDigests(systemContext(tables, { clock, policy: tenantPolicy.parse({ notifications }) }))
const digests = async (actor: Actor) =>
  (await toldTo(systemContext(tables), actor)).filter(({ kind }) => kind === 'digest')

describe('the digest of the morning', () => {
  it('comes at eight on each user’s own clocks, in their language, once, with what the day brings', async () => {
    const clock = handClock('2026-03-01T12:00:00.000Z')
    const [shanghai, berlin] = [await userIn('Asia/Shanghai', 'zhCN'), await userIn('Europe/Berlin', 'en')]
    for (const actor of [shanghai, berlin]) {
      const { create } = remindersOf(contextOf(tables, actor, { clock }))
      await create({ message: 'Call Li Na', dueAt: '2026-03-02T10:00:00' })
      await create({ message: 'Tomorrow', dueAt: '2026-03-03T10:00:00' })
      const late = await create({ message: 'Late', dueAt: '2026-03-01T09:00:00' })
      await fireDue(systemContext(tables, { clock }), { recordId: String(late['id']), at: String(late['nextAt']) })
      const ctx = contextOf(tables, actor, { clock })
      const task = { type: 'task', subject: 'Old task', dueAt: '2026-02-20T10:00:00Z' }
      await createRecord(ctx, { object: objectNamed('activity'), input: task })
    }
    clock.advance(11 * 3_600_000 + 59 * 60_000)
    await send(clock)
    expect([await digests(shanghai), await digests(berlin)]).toEqual([[], []])
    clock.advance(60_000)
    await send(clock)
    await send(clock)
    expect(await digests(shanghai)).toMatchObject([
      {
        title: '今日安排：1 项到期，2 项逾期，0 项待跟进',
        body: '今日到期 (1)\n- 10:00  Call Li Na\n\n已逾期 (2)\n- 2026-02-20  Old task\n- 2026-03-01  Late',
      },
    ])
    expect(await digests(berlin)).toEqual([])
    clock.advance(7 * 3_600_000)
    await send(clock)
    expect(await digests(berlin)).toMatchObject([{ title: 'Your day: 1 due, 2 overdue, 0 to follow up' }])
    clock.advance(24 * 3_600_000)
    await send(clock)
    expect(await digests(berlin)).toHaveLength(2)
  })

  it('does not come when there is nothing to say, when it is switched off, or in the afternoon', async () => {
    const clock = handClock('2026-03-10T00:00:00.000Z')
    const [idle, busy] = [await userIn('UTC', 'en'), await userIn('UTC', 'en')]
    await remindersOf(contextOf(tables, busy, { clock })).create({ dueAt: '2026-03-10T10:00:00' })
    clock.advance(8 * 3_600_000)
    await send(clock, { digest: { enabled: false } })
    expect(await digests(busy)).toEqual([])
    await send(clock)
    expect([(await digests(idle)).length, (await digests(busy)).length]).toEqual([0, 1])
    const late = await userIn('UTC', 'en')
    await remindersOf(contextOf(tables, late, { clock })).create({ dueAt: '2026-03-10T23:00:00' })
    clock.advance(7 * 3_600_000)
    await send(clock)
    expect(await digests(late)).toEqual([])
  })
})
