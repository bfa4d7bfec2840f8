import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createRecord } from '#lib/records/operations/create-record.ts'
import { removeRecord } from '#lib/records/operations/remove-record.ts'
import { restoreRecord } from '#lib/records/operations/restore-record.ts'
import { updateRecord } from '#lib/records/operations/update-record.ts'
import { fireDue } from '#lib/reminders/fire-due.ts'
import type { JsonObject } from '#schemas/json.ts'
import { killedAt } from '../../../support/frail-store.ts'
import { agendaEntries, remindersOf, toldTo } from '../../../support/reminders.ts'
import {
  actorWithRole,
  type Cast,
  contextOf,
  handClock,
  objectNamed,
  seedCast,
  startTables,
  systemContext,
  type Tables,
} from '../../../support/table.ts'

let tables: Tables
let cast: Cast
beforeAll(async () => {
  tables = await startTables()
  cast = await seedCast(tables)
})
afterAll(() => tables.stop())

const all = (object: string) => ({ object, create: 'all', read: 'all', update: 'all', delete: 'all' })
/** Somebody with an inbox of their own, on 2 March at eight in Shanghai. */
async function stage() {
  const clock = handClock('2026-03-02T00:00:00.000Z')
  const actor = await actorWithRole(tables, { permissions: ['reminder', 'activity', 'customer', 'user'].map(all) })
  const ctx = contextOf(tables, actor, { clock })
  const system = systemContext(tables, { clock })
  const fire = (id: unknown, at: unknown) => fireDue(system, { recordId: String(id), at: String(at) })
  const task = async (input: JsonObject) => {
    const object = objectNamed('activity')
    return (await createRecord(ctx, { object, input: { type: 'task', subject: 'Call', ...input } })).record
  }
  return { clock, actor, ctx, system, fire, task, ...remindersOf(ctx), told: () => toldTo(system, actor) }
}

describe('a reminder that falls due', () => {
  it('is told once, however often the event comes, at once or later', async () => {
    const { create, fire, told } = await stage()
    const { id, nextAt } = await create({ message: '给华兴回电', dueAt: '2026-03-02T09:00:00' })
    const outcomes = await Promise.all(Array.from({ length: 8 }, () => fire(id, nextAt)))
    expect(outcomes.filter(Boolean)).toHaveLength(1)
    expect(await fire(id, nextAt)).toBe(false)
    expect(await told()).toMatchObject([{ kind: 'reminder', title: '给华兴回电', link: `/v1/reminders/${id}` }])
  })

  it('says when it was due on the user’s clocks, and what it is about', async () => {
    const { create, fire, told, ctx } = await stage()
    const customer = await createRecord(ctx, { object: objectNamed('customer'), input: { name: '华兴贸易' } })
    const { id, nextAt } = await create({ dueAt: '2026-03-02T09:00:00', about: customer.id })
    await fire(id, nextAt)
    expect((await told())[0]?.body).toBe('提醒时间：2026-03-02 09:00（Asia/Shanghai）。\n相关记录：华兴贸易。')
  })

  it.each<[string, JsonObject]>([
    ['moved', { dueAt: '2026-03-03T09:00:00' }],
    ['done', { state: 'done' }],
    ['dismissed', { state: 'dismissed' }],
    ['snoozed', { snoozedUntil: '2026-03-05T09:00:00Z' }],
  ])('is not told at its old time when it was %s meanwhile', async (_, patch) => {
    const reminders = await stage()
    const { id, nextAt } = await reminders.create({ dueAt: '2026-03-02T09:00:00' })
    await reminders.patch(String(id), patch)
    expect(await reminders.fire(id, nextAt)).toBe(false)
    expect(await reminders.told()).toEqual([])
  })

  it('is not told when it was deleted, and is told when it was restored', async () => {
    const { create, fire, told, ctx } = await stage()
    const { id, nextAt } = await create({ dueAt: '2026-03-02T09:00:00' })
    const reminder = { object: objectNamed('reminder'), id: String(id) }
    await removeRecord(ctx, reminder)
    expect(await fire(id, nextAt)).toBe(false)
    await restoreRecord(ctx, reminder)
    expect(await fire(id, nextAt)).toBe(true)
    expect(await told()).toHaveLength(1)
  })

  it('whose user has left is told to nobody, and says so', async () => {
    const { create, fire, told, system, actor, read } = await stage()
    const { id, nextAt } = await create({ dueAt: '2026-03-02T09:00:00' })
    await updateRecord(system, { object: objectNamed('user'), id: actor.id, patch: { status: 'disabled' } })
    await fire(id, nextAt)
    expect(await told()).toEqual([])
    expect((await read(String(id)))['note']).toContain('has left')
  })

  it.each(['before', 'after'] as const)('killed %s its transaction is told once by the next try', async moment => {
    const { create, fire, told, system, read } = await stage()
    const { id, nextAt } = await create({ dueAt: '2026-03-02T09:00:00', repeat: 'FREQ=DAILY' })
    const due = { recordId: String(id), at: String(nextAt) }
    await expect(fireDue(killedAt(system, 1, moment), due)).rejects.toThrow('killed')
    await fire(id, nextAt)
    expect(await told()).toHaveLength(1)
    expect((await read(String(id)))['nextAt']).toBe('2026-03-03T01:00:00.000Z')
  })
})

describe('an activity with remindAt', () => {
  it('is told once and leaves the agenda; it stays as it is', async () => {
    const { task, fire, told, system } = await stage()
    const { id, version } = await task({ remindAt: '2026-03-02T01:00:00Z' })
    const at = '2026-03-02T01:00:00.000Z'
    expect(await agendaEntries(system)).toContain(`${id}@${at}`)
    await Promise.all(Array.from({ length: 4 }, () => fire(id, at)))
    expect(await told()).toMatchObject([{ kind: 'reminder', title: 'Call', link: `/v1/activities/${id}` }])
    expect(await agendaEntries(system)).not.toContain(`${id}@${at}`)
    expect(version).toBe(1)
  })

  it.each<[string, JsonObject]>([
    ['done', { status: 'done', remindAt: '2026-03-02T01:00:00Z' }],
    ['history, entered long after', { remindAt: '2025-03-02T01:00:00Z' }],
  ])('that is %s is not told, and its entry goes', async (_, input) => {
    const { task, fire, told, system, clock } = await stage()
    const { id, remindAt } = await task(input)
    clock.advance(7_200_000)
    expect(await fire(id, remindAt)).toBe(false)
    expect(await told()).toEqual([])
    expect(await agendaEntries(system)).not.toContainEqual(expect.stringContaining(String(id)))
  })
})

describe('who may do what with reminders', () => {
  it('a rep makes and sees their own; a manager those of the team; nobody those of others', async () => {
    const of = (actor: typeof cast.rep) => remindersOf(contextOf(tables, actor), systemContext(tables))
    const { id } = await of(cast.rep).create({ dueAt: '2099-03-02T09:00:00' })
    await expect(of(cast.rep2).patch(String(id), { state: 'done' })).rejects.toThrow('no reminder')
    await expect(of(cast.outsider).patch(String(id), { state: 'done' })).rejects.toThrow('no reminder')
    expect(await of(cast.manager).patch(String(id), { state: 'done' })).toMatchObject({ state: 'done' })
    await expect(of(cast.rep).create({ dueAt: '2099-03-02T09:00:00', assigneeId: cast.rep2.id })).rejects.toThrow(
      'owner',
    )
    expect(await of(cast.manager).create({ dueAt: '2099-03-02T09:00:00', assigneeId: cast.rep.id })).toMatchObject({
      teamId: cast.teams.east,
    })
  })
})
