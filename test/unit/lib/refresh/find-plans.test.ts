import { BatchGetCommand } from '@aws-sdk/lib-dynamodb'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Actor } from '#lib/permissions/actor.ts'
import { updateRecord } from '#lib/records/operations/update-record.ts'
import { planOnce } from '#lib/records/plan-once.ts'
import { writeRecord } from '#lib/records/write.ts'
import { findPlans, getPlan } from '#lib/refresh/find-plans.ts'
import { readPlanTasks } from '#lib/refresh/plan-tasks.ts'
import { refreshPlan } from '#schemas/system/refresh-plan.ts'
import { makeStale, refresh, runContext } from '../../../support/refresh.ts'
import {
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

const clock = handClock('2026-03-26T03:00:00.000Z')
const as = (actor: Actor) => contextOf(tables, actor, { clock })
const owned = (actor: Actor, count: number, word: string) =>
  Array.from({ length: count }, (_, i) => ({ name: `${word}${i}`, ownerId: actor.id }))

/** The same context, and the ids of the records that are read through it. */
function watched(actor: Actor) {
  const ctx = as(actor)
  const { table } = ctx.store
  const read: string[] = []
  const client = new Proxy(table.client, {
    get: (target, name) => {
      if (name !== 'send') return Reflect.get(target, name)
      return (command: object) => {
        if (command instanceof BatchGetCommand)
          read.push(...(command.input.RequestItems?.[table.name]?.Keys ?? []).map(({ pk }) => String(pk)))
        return target.send(command as never)
      }
    },
  })
  return { ctx: { ...ctx, store: { ...ctx.store, table: { ...table, client } } }, read }
}

describe('refresh plans', () => {
  it('are counted for whoever sees only their own tasks from those alone', async () => {
    const stale = await makeStale(tables, [...owned(cast.rep, 3, '甲'), ...owned(cast.rep2, 40, '乙')])
    const { planId = '' } = await refresh(runContext(tables), stale, { runId: 'run_own' })
    const mine = (await readPlanTasks(systemContext(tables), planId)).filter(
      ({ fields }) => fields['assigneeId'] === cast.rep.id,
    )
    const [first] = mine
    await updateRecord(as(cast.rep), {
      object: objectNamed('activity'),
      id: first?.id ?? '',
      patch: { status: 'done' },
    })
    const { ctx, read } = watched(cast.rep)
    const { items } = await findPlans(ctx, { limit: 10 })
    const counts = { total: 3, done: 1, open: 2, canceled: 0, overdue: 0, percentage: 33 }
    expect(items).toMatchObject([{ id: planId, ...counts, byOwner: [{ ownerId: cast.rep.id, ...counts }] }])
    expect(await getPlan(ctx, planId)).toEqual(items[0])
    expect(new Set(read).size).toBe(mine.length)
    expect(await getPlan(as(cast.manager), planId)).toMatchObject({
      total: 43,
      done: 1,
      byOwner: [
        { ownerId: cast.rep2.id, total: 40, percentage: 0 },
        { ownerId: cast.rep.id, ...counts },
      ],
    })
  })

  it('that come to more tasks than a page reads go on with its cursor', async () => {
    const ctx = systemContext(tables, { clock })
    const ids = ['rfp_1', 'rfp_2', 'rfp_3']
    for (const [i, id] of ids.entries()) {
      const fields = { runId: `run_${i}`, startedAt: clock.now().toISOString(), planned: 15_000 }
      await writeRecord(
        ctx,
        () => planOnce(ctx, refreshPlan, { id, fields, at: `2026-06-0${i + 1}T00:00:00.000Z` }),
        {},
      )
    }
    const first = await findPlans(as(cast.admin), { limit: 10 })
    const second = await findPlans(as(cast.admin), { limit: 10, cursor: first.nextCursor })
    expect(first.items.map(({ id }) => id)).toEqual(['rfp_3', 'rfp_2'])
    expect(second.items.map(({ id }) => id)[0]).toBe('rfp_1')
  })
})
