import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { readHistory } from '#lib/records/operations/read-history.ts'
import { removeRecord } from '#lib/records/operations/remove-record.ts'
import { updateRecord } from '#lib/records/operations/update-record.ts'
import { planRefresh } from '#lib/refresh/plan-refresh.ts'
import { readPlanTasks } from '#lib/refresh/plan-tasks.ts'
import { undoRefresh } from '#lib/refresh/undo-refresh.ts'
import { readOpenTasks } from '#lib/refresh/verification-link.ts'
import type { Context } from '#lib/runtime/context.ts'
import type { StoredRecord } from '#lib/store/items.ts'
import { readRecord } from '#lib/store/read.ts'
import type { JsonObject } from '#schemas/json.ts'
import { tenantPolicy } from '#schemas/settings.ts'
import { makeStale, ownerless, refresh, runAt, runContext } from '../../../support/refresh.ts'
import {
  type Cast,
  contextOf,
  countItems,
  objectNamed,
  seedCast,
  startTables,
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

let next = 0
let run = ''
beforeEach(() => {
  next += 1
  run = `run_${next}`
})

const ctx = (more: Partial<Context> = {}) => runContext(tables, more)
const policy = (refreshing: JsonObject) => tenantPolicy.parse({ refresh: refreshing })
const customers = (count: number, fields: JsonObject) =>
  makeStale(
    tables,
    Array.from({ length: count }, (_, i) => ({ name: `华星${next}-${i}`, ...fields })),
  )
const tasksOf = async (planId: string | undefined) => readPlanTasks(ctx(), planId ?? '')
const idsOf = (records: readonly StoredRecord[]) => records.map(({ id }) => id)

/** Records that have more open verification tasks than one: what must never be. */
async function doubled(plans: readonly (string | undefined)[]): Promise<string[]> {
  const tasks = (await Promise.all(plans.map(tasksOf))).flat()
  const open = tasks.filter(({ fields }) => fields['status'] === 'planned')
  const counts = Map.groupBy(open, ({ fields }) => String(fields['customerId'] ?? fields['contactId']))
  return [...counts].flatMap(([id, { length }]) => (length > 1 ? [id] : []))
}

describe('a refresh plan', () => {
  it('makes a task for each stale record, for its owner, in the words of the tenant, due on a working day', async () => {
    const stale = await customers(2, { ownerId: cast.rep.id })
    const outcome = await refresh(ctx(), stale, { runId: run })
    expect(outcome).toMatchObject({ created: 2, alreadyOpen: 0, unassigned: 0, noRoom: 0, failed: 0, left: 0 })
    expect(outcome.byOwner).toEqual([{ ownerId: cast.rep.id, tasks: 2 }])
    const [task] = (await tasksOf(outcome.planId)).filter(({ fields }) => fields['customerId'] === stale[0]?.id)
    expect(task?.fields).toEqual({
      type: 'task',
      status: 'planned',
      purpose: 'verify',
      subject: `核实客户：华星${next}-0`,
      body: [
        '该客户于 2025-01-02 录入，此后未经核实。',
        '核实已逾期 267 天。',
        '请核对客户名称、邮箱、电话、统一社会信用代码、地址，更正有误之处，然后完成此任务，该记录即标记为已核实。',
      ].join('\n'),
      customerId: stale[0]?.id,
      verifies: stale[0]?.id,
      refreshPlanId: outcome.planId,
      assigneeId: cast.rep.id,
      teamId: cast.teams.east,
      dueAt: expect.stringMatching(/^2026-03-(27|30)T10:00:00\.000Z$/),
    })
    expect(await readRecord(ctx().store, outcome.planId ?? '')).toMatchObject({ fields: { runId: run, planned: 2 } })
  })

  it('speaks English where the tenant does, and keeps the name of a person out of the task', async () => {
    const [person] = await makeStale(
      tables,
      [{ name: 'Zhao Min', companyName: 'Acme', ownerId: cast.rep.id }],
      'contact',
    )
    const english = ctx({ tenant: { ...testTenant, locale: 'en' } })
    const { planId } = await refresh(english, person ? [person] : [], { runId: run })
    const [task] = await tasksOf(planId)
    expect(task?.fields['subject']).toBe('Verify contact: Acme')
    expect(task?.fields['body']).toBe(
      [
        'This contact was entered on 2025-01-02 and has not been verified since.',
        'Verification is 267 days overdue.',
        'Please check Name, Company as typed, E-mails, Phones, Handles, Address, Birthday, correct what is wrong, and complete ' +
          'this task: that marks the record as verified.',
      ].join('\n'),
    )
    expect(JSON.stringify(task?.fields)).not.toContain('Zhao')
  })

  it('shares out what has no owner by workload, and says why', async () => {
    const [first, second] = await makeStale(tables, [{ name: '赵敏' }, { name: '周颖' }], 'contact')
    const stale = [first, second].flatMap(each => (each ? [ownerless(each)] : []))
    const { items, planId } = await refresh(ctx(), stale, { runId: run })
    expect(items.map(({ assigneeId, reason }) => [assigneeId, reason])).toEqual([
      [cast.service.id, 'ownerless'],
      [cast.integration.id, 'ownerless'],
    ])
    expect(items.map(({ why }) => why)).toEqual([
      '该记录没有负责人。在有权修改且有空档的 2 人中，service待办最少（0 项）。',
      '该记录没有负责人。在有权修改且有空档的 2 人中，integration待办最少（0 项）。',
    ])
    for (const { fields } of await tasksOf(planId)) expect(String(fields['body'])).toContain('该记录没有负责人。')
  })

  it('passes over what is not stale, deleted, or verified by nobody', async () => {
    const [stale] = await customers(1, { ownerId: cast.rep.id })
    const fresh = stale && {
      ...stale,
      id: `${stale.id.slice(0, -1)}0`,
      fields: { ...stale.fields, lastVerifiedAt: runAt.toISOString() },
    }
    const deleted = stale && { ...stale, deletedAt: runAt.toISOString() }
    const stranger = stale && { ...stale, object: 'activity' }
    const given = [fresh, deleted, stranger].flatMap(each => each ?? [])
    expect(await refresh(ctx(), given, { runId: run })).toEqual({
      created: 0,
      alreadyOpen: 0,
      unassigned: 0,
      noRoom: 0,
      failed: 0,
      left: 0,
      byOwner: [],
      items: [],
    })
  })

  it('takes a record that comes twice for one', async () => {
    const stale = await customers(2, { ownerId: cast.rep.id })
    const outcome = await refresh(ctx(), [...stale, ...stale], { runId: run })
    expect([outcome.created, outcome.items.length, (await tasksOf(outcome.planId)).length]).toEqual([2, 2, 2])
  })

  it('is not made where the policy wants none', async () => {
    const stale = await customers(1, { ownerId: cast.rep.id })
    const outcome = await refresh(ctx({ policy: policy({ enabled: false }) }), stale, { runId: run })
    expect([outcome.created, outcome.planId]).toEqual([0, undefined])
  })

  it('takes the most overdue first where there are more than a run may make', async () => {
    const stale = await customers(3, { ownerId: cast.rep2.id })
    const [a, b, c] = stale.map((record, i) => ({ ...record, createdAt: `2024-0${3 - i}-01T00:00:00.000Z` }))
    const outcome = await refresh(
      ctx({ policy: policy({ mostPerRun: 2 }) }),
      [a, b, c].flatMap(each => each ?? []),
      { runId: run },
    )
    expect([outcome.items.map(({ recordId }) => recordId), outcome.left]).toEqual([[c?.id, b?.id], 1])
  })

  it('gives an owner so many a day, counting those of earlier plans, and leaves the rest to the next run', async () => {
    const few = policy({ perOwnerPerDay: 1, dueWithinDays: 4 })
    const rested = { ...ctx({ policy: few }) }
    const first = await refresh(rested, await customers(1, { ownerId: cast.outsider.id }), { runId: `${run}/1` })
    const second = await refresh(rested, await customers(2, { ownerId: cast.outsider.id }), { runId: `${run}/2` })
    expect(first.items.map(({ dueAt }) => dueAt)).toEqual(['2026-03-27T10:00:00.000Z'])
    expect(second.items.map(({ outcome, dueAt }) => [outcome, dueAt])).toEqual([
      ['created', '2026-03-30T10:00:00.000Z'],
      ['noRoom', undefined],
    ])
  })
})

describe('a dry run', () => {
  it('writes nothing and says item for item what the real run then does', async () => {
    const own = await customers(3, { ownerId: cast.manager.id })
    const stray = (await customers(2, { ownerId: cast.manager.id })).map(record => ownerless(record))
    const items = await countItems(tables)
    const dry = await refresh(ctx(), [...own, ...stray], { runId: `${run}/dry`, dryRun: true })
    expect(await countItems(tables)).toBe(items)
    const { planId, ...real } = await refresh(ctx(), [...stray, ...own], { runId: run })
    expect(real).toEqual(dry)
    expect(planId).toMatch(/^rfp_/)
    expect(real.created).toBe(5)
  })
})

describe('planning again', () => {
  it('after all was written changes nothing and says the same', async () => {
    const stale = await customers(3, { ownerId: cast.rep.id })
    const once = await refresh(ctx(), stale, { runId: run })
    const items = await countItems(tables)
    expect(await refresh(ctx(), stale, { runId: run })).toEqual(once)
    expect(await countItems(tables)).toBe(items)
  })

  it.each([1, 2, 3, 4])('after it was killed at write %i comes to what one unbroken run comes to', async killedAt => {
    const stale = await customers(60, { ownerId: cast.rep2.id })
    const roomy = (more: Partial<Context> = {}) => ctx({ policy: policy({ perOwnerPerDay: 1_000 }), ...more })
    const wanted = await refresh(roomy(), stale, { runId: `${run}/dry`, dryRun: true })
    const broken = roomy()
    const client = killing(broken.store.table.client, killedAt)
    const killed = refresh({ ...broken, store: { ...broken.store, table: { ...broken.store.table, client } } }, stale, {
      runId: run,
    })
    await expect(killed).rejects.toThrow('killed')
    const { planId, ...again } = await refresh(roomy(), stale, { runId: run })
    expect(again).toEqual(wanted)
    const tasks = await tasksOf(planId)
    expect(tasks.map(({ fields, version }) => [fields['customerId'], version]).toSorted()).toEqual(
      idsOf(stale)
        .map(id => [id, 1])
        .toSorted(),
    )
  })

  it('makes no second task of a plan for a record whose first one was deleted', async () => {
    const stale = await customers(1, { ownerId: cast.rep.id })
    const { planId } = await refresh(ctx(), stale, { runId: run })
    const [task] = await tasksOf(planId)
    await removeRecord(contextOf(tables, cast.rep), { object: objectNamed('activity'), id: task?.id ?? '' })
    await refresh(ctx(), stale, { runId: run })
    expect(await tasksOf(planId)).toEqual([])
  })
})

describe('a record with an open verification task', () => {
  it('gets no second one from a later plan, and one again when the first is canceled by hand and released', async () => {
    const stale = await customers(1, { ownerId: cast.rep.id })
    const first = await refresh(ctx(), stale, { runId: `${run}/1` })
    const second = await refresh(ctx(), stale, { runId: `${run}/2` })
    expect(second.items).toEqual([{ recordId: stale[0]?.id, object: 'customer', outcome: 'alreadyOpen' }])
    expect(second.planId).toBeUndefined()
    const [task] = await tasksOf(first.planId)
    await removeRecord(contextOf(tables, cast.rep), { object: objectNamed('activity'), id: task?.id ?? '' })
    expect((await refresh(ctx(), stale, { runId: `${run}/3` })).created).toBe(1)
  })

  it('gets no second one from two runs at once, whichever is first', async () => {
    const stale = await customers(60, { ownerId: cast.rep.id })
    const runs = await Promise.all(['a', 'b', 'c'].map(name => refresh(ctx(), stale, { runId: `${run}/${name}` })))
    expect(runs.reduce((sum, { created }) => sum + created, 0)).toBe(60)
    expect(runs.map(({ created, alreadyOpen }) => created + alreadyOpen)).toEqual([60, 60, 60])
    expect(await doubled(runs.map(({ planId }) => planId))).toEqual([])
    const open = await readOpenTasks(ctx(), idsOf(stale))
    expect(open.filter(id => id === undefined)).toEqual([])
  })

  it('the check above turns red when tasks are written without their claim', async () => {
    const stale = await customers(2, { ownerId: cast.rep.id })
    const { planId } = await refresh(ctx(), stale, { runId: `${run}/1` })
    for (const task of await tasksOf(planId)) await tables.call('DeleteItem', unclaimed(task))
    const second = await refresh(ctx(), stale, { runId: `${run}/2` })
    expect(await doubled([planId, second.planId])).toHaveLength(2)
  })
})

describe('undoing a run', () => {
  it('takes its tasks back but those that somebody has touched, and the next run may ask again', async () => {
    const stale = await customers(3, { ownerId: cast.rep.id })
    const { planId } = await refresh(ctx(), stale, { runId: run })
    const [touched] = await tasksOf(planId)
    const patch = { remindAt: '2026-03-27T01:00:00Z' }
    await updateRecord(contextOf(tables, cast.rep), { object: objectNamed('activity'), id: touched?.id ?? '', patch })
    expect(await undoRefresh(ctx(), { runId: run, at: runAt })).toEqual({ removed: 2, kept: 1 })
    expect(await undoRefresh(ctx(), { runId: run, at: runAt })).toEqual({ removed: 0, kept: 1 })
    expect(idsOf(await tasksOf(planId))).toEqual([touched?.id])
    expect(await readRecord(ctx().store, planId ?? '')).toMatchObject({ version: 2, fields: { undone: true } })
    expect(await refresh(ctx(), stale, { runId: `${run}/next` })).toMatchObject({ created: 2, alreadyOpen: 1 })
  })

  it('of a run without a plan is nothing', async () => {
    expect(await undoRefresh(ctx(), { runId: 'never', at: runAt })).toEqual({ removed: 0, kept: 0 })
  })

  it('a task says in its history which run and plan made it', async () => {
    const { planId } = await refresh(ctx(), await customers(1, { ownerId: cast.rep.id }), { runId: run })
    const [task] = await tasksOf(planId)
    const { items } = await readHistory(ctx(), { object: objectNamed('activity'), id: task?.id ?? '', limit: 5 })
    expect(items).toMatchObject([{ action: 'created', actorId: 'system', source: 'cleanup/run_1', requestId: planId }])
  })
})

it('a stream of records is read as it comes', async () => {
  const stale = await customers(2, { ownerId: cast.rep.id })
  async function* stream() {
    yield* stale
  }
  const { created } = await planRefresh(ctx(), { runId: run, dryRun: true, at: runAt }, stream())
  expect(created).toBe(2)
})

function unclaimed(task: StoredRecord): JsonObject {
  const pk = `U#activity#verifies#${task.fields['verifies']}`
  return { TableName: 'Records', Key: { pk: { S: pk }, sk: { S: 'A' } } }
}

/** A client that dies at its n-th write, before or after the table has it by turns. */
function killing<C extends { send(command: never): Promise<unknown> }>(client: C, at: number): C {
  let writes = 0
  return new Proxy(client, {
    get(target, name) {
      if (name !== 'send') return Reflect.get(target, name)
      return async (command: { constructor: { name: string } }) => {
        if (command.constructor.name !== 'TransactWriteCommand') return target.send(command as never)
        writes += 1
        if (writes < at) return target.send(command as never)
        if (writes === at && at % 2 === 0) await target.send(command as never)
        throw new Error('killed')
      }
    },
  })
}
