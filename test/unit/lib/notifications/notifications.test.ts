import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findNotifications } from '#lib/notifications/find-notifications.ts'
import { markRead } from '#lib/notifications/mark-read.ts'
import { type Message, notify } from '#lib/notifications/notify.ts'
import type { Actor } from '#lib/permissions/actor.ts'
import { readHistory } from '#lib/records/operations/read-history.ts'
import {
  actorWithRole,
  type Cast,
  contextOf,
  handClock,
  objectNamed,
  refusalOf,
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

const clock = handClock()
const system = () => systemContext(tables, { clock })
const as = (actor: Actor) => contextOf(tables, actor, { clock })
const inbox = (actor: Actor, query: { unread?: boolean; cursor?: string; limit?: number } = {}) =>
  findNotifications(as(actor), { limit: 50, ...query })
const titles = async (actor: Actor, query = {}) => (await inbox(actor, query)).items.map(({ title }) => title)
let count = 0
/** Somebody whose inbox is empty. */
const reads = { object: 'customer', create: 'none', read: 'own', update: 'none', delete: 'none' }
const somebody = () => actorWithRole(tables, { permissions: [reads] })
const message = (userId: string, more: Partial<Message> = {}): Message => {
  count += 1
  return { userId, kind: 'test', title: `Message ${count}`, body: '正文', key: `key ${count}`, ...more }
}
/** Messages that come one minute after the other. */
async function tell(actor: Actor, ...names: string[]): Promise<void> {
  for (const title of names) {
    clock.advance(60_000)
    await notify(system(), message(actor.id, { title }))
  }
}

describe('the inbox', () => {
  it('shows each user their own notifications, newest first, and nobody else’s', async () => {
    const [ann, bob] = [await somebody(), await somebody()]
    await tell(ann, 'one', 'two')
    await tell(bob, 'three')
    expect(await titles(ann)).toEqual(['two', 'one'])
    expect(await titles(bob)).toEqual(['three'])
    expect(await titles(cast.admin)).toEqual([])
  })

  it('keeps its order when something is read, and tells read from unread', async () => {
    const ann = await somebody()
    await tell(ann, 'one', 'two', 'three')
    const [, two] = (await inbox(ann)).items
    clock.advance(60_000)
    const read = await markRead(as(ann), two?.id ?? '')
    expect(read).toMatchObject({ title: 'two', version: 2, readAt: clock.now().toISOString() })
    expect(await titles(ann)).toEqual(['three', 'two', 'one'])
    expect(await titles(ann, { unread: true })).toEqual(['three', 'one'])
  })

  it('is paged without a gap, read or unread', async () => {
    const ann = await somebody()
    await tell(ann, 'a', 'b', 'c', 'd', 'e')
    const first = await inbox(ann, { limit: 2 })
    expect(first.items.map(({ title }) => title)).toEqual(['e', 'd'])
    const second = await inbox(ann, { limit: 2, cursor: first.nextCursor ?? '' })
    expect(second.items.map(({ title }) => title)).toEqual(['c', 'b'])
    const last = await inbox(ann, { limit: 2, cursor: second.nextCursor ?? '' })
    expect(last.items.map(({ title }) => title)).toEqual(['a'])
    expect(last.nextCursor).toBeUndefined()
    const refused = await refusalOf(inbox(ann, { unread: true, cursor: first.nextCursor ?? '' }))
    expect(refused.code).toBe('invalid_cursor')
    expect((await refusalOf(inbox(cast.rep, { cursor: first.nextCursor ?? '' }))).code).toBe('invalid_cursor')
  })
})

describe('a notification', () => {
  it('is sent once for a key, however often and at once it is sent, even when it was read', async () => {
    const ann = await somebody()
    const same = message(ann.id, { key: 'weekly/2026-03-30' })
    await Promise.all(Array.from({ length: 4 }, () => notify(system(), same)))
    const [first] = (await inbox(ann)).items
    await markRead(as(ann), first?.id ?? '')
    clock.advance(86_400_000)
    await notify(system(), { ...same, title: 'Other words' })
    const { items } = await inbox(ann)
    expect(items).toHaveLength(1)
    expect(items[0]).toMatchObject({ title: same.title, sentAt: first?.sentAt })
    expect(items[0]?.readAt).toBeDefined()
  })

  it('goes to each user of the same key', async () => {
    const [ann, bob] = [await somebody(), await somebody()]
    for (const user of [ann, bob]) await notify(system(), message(user.id, { key: 'shared', title: 'To all' }))
    expect(await titles(ann)).toEqual(['To all'])
    expect(await titles(bob)).toEqual(['To all'])
  })

  it('is marked as read once: again keeps the time and the version', async () => {
    const ann = await somebody()
    await tell(ann, 'one')
    const id = (await inbox(ann)).items[0]?.id ?? ''
    const first = await markRead(as(ann), id)
    clock.advance(60_000)
    expect(await markRead(as(ann), id)).toEqual(first)
    const object = objectNamed('notification')
    const { items } = await readHistory(system(), { object, id, limit: 10 })
    expect(items.map(({ action }) => action)).toEqual(['updated', 'created'])
  })

  it.each([
    ['of somebody else', async () => (await inboxOfAnother())[0]?.id ?? ''],
    ['that does not exist', async () => 'ntf_01jq2v7m4hf8r9s0t1v2w3x4y5'],
    ['whose id is none', async () => 'nothing'],
    ['that is a user', async () => cast.rep.id],
  ])('%s cannot be marked as read, not by an admin either', async (_what, idOf) => {
    const id = await idOf()
    for (const actor of [cast.admin, cast.rep]) {
      const refused = await refusalOf(markRead(as(actor), id))
      expect(refused.code).toBe('not_found')
    }
  })

  it('has a title that fits, whole characters only', async () => {
    const ann = await somebody()
    await notify(system(), message(ann.id, { title: '😀'.repeat(300) }))
    expect((await titles(ann))[0]).toBe('😀'.repeat(200))
  })

  it('does not use up the key of the request that caused it', async () => {
    const ann = await somebody()
    const idempotency = { key: `k-${ann.id}`, requestHash: 'hash' }
    await notify({ ...system(), idempotency }, message(ann.id))
    await notify({ ...system(), idempotency }, message(ann.id))
    expect(await titles(ann)).toHaveLength(2)
  })
})

async function inboxOfAnother() {
  const other = await somebody()
  await tell(other, 'private')
  return (await inbox(other)).items
}
