import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { mergeRecords } from '#lib/merge/merge-records.ts'
import type { Actor } from '#lib/permissions/actor.ts'
import { findRecords } from '#lib/records/operations/find-records.ts'
import { removeRecord } from '#lib/records/operations/remove-record.ts'
import { updateRecord } from '#lib/records/operations/update-record.ts'
import { readPlanTasks } from '#lib/refresh/plan-tasks.ts'
import { settleDeleted, settleTask } from '#lib/refresh/settle-verification.ts'
import { readOpenTasks } from '#lib/refresh/verification-link.ts'
import { type VerifyRequest, verifyRecord } from '#lib/refresh/verify-record.ts'
import type { Context } from '#lib/runtime/context.ts'
import { readChanges } from '#lib/store/history.ts'
import { readRecord } from '#lib/store/read.ts'
import type { JsonObject } from '#schemas/json.ts'
import { makeStale, refresh, runContext } from '../../../support/refresh.ts'
import {
  actorOf,
  type Cast,
  contextOf,
  countItems,
  handClock,
  objectNamed,
  refusalOf,
  seedCast,
  startTables,
  systemContext,
  type Tables,
  toldBy,
} from '../../../support/table.ts'

let tables: Tables
let cast: Cast
beforeAll(async () => {
  tables = await startTables()
  cast = await seedCast(tables)
})
afterAll(() => tables.stop())

let next = 0
beforeEach(() => {
  next += 1
})

const customer = objectNamed('customer')
const activity = objectNamed('activity')
const now = '2026-03-27T01:30:00.000Z'
const as = (actor: Actor, more: Partial<Context> = {}) => contextOf(tables, actor, { clock: handClock(now), ...more })
const read = async (id: string | undefined) => {
  const record = await readRecord(systemContext(tables).store, id ?? '')
  if (!record) throw new Error(`no record ${id}`)
  return record
}
const fieldsOf = async (id: string) => (await read(id)).fields

/** A stale customer of the rep. */
async function stale(more: JsonObject = {}): Promise<string> {
  const [record] = await makeStale(tables, [{ name: `宁波海蓝${next}`, ownerId: cast.rep.id, ...more }])
  return record?.id ?? ''
}

/** One with its open verification task. */
async function asked(more: JsonObject = {}): Promise<{ id: string; taskId: string }> {
  const id = await stale(more)
  const { planId } = await refresh(runContext(tables), [await read(id)], { runId: `run_${next}_${id}` })
  const [task] = await readPlanTasks(systemContext(tables), planId ?? '')
  return { id, taskId: task?.id ?? '' }
}

const verify = (actor: Actor, id: string, more: Partial<VerifyRequest> = {}) =>
  verifyRecord(as(actor), { object: customer, id, ...more })

describe('verifying a record', () => {
  it('says when, and does its open task in the same write', async () => {
    const { id, taskId } = await asked()
    const written = await verify(cast.rep, id, { note: '电话已确认' })
    expect(written).toMatchObject({ id, outcome: 'updated', version: 2, record: { lastVerifiedAt: now } })
    const task = await read(taskId)
    expect(task).toMatchObject({
      version: 2,
      updatedBy: cast.rep.id,
      fields: { status: 'done', occurredAt: now, outcome: '电话已确认' },
    })
    expect(task.fields['verifies']).toBeUndefined()
    expect(await readOpenTasks(systemContext(tables), [id])).toEqual([undefined])
  })

  it('puts right what was wrong in the same version', async () => {
    const id = await stale()
    await verify(cast.rep, id, { fields: { industry: 'retail' } })
    const { changes } = await readChanges(systemContext(tables).store, id, { limit: 1 })
    expect(changes).toMatchObject([
      { version: 2, changes: { industry: { new: 'retail' }, lastVerifiedAt: { new: now } } },
    ])
  })

  it('again later is a new version, though nothing else changes', async () => {
    const id = await stale()
    await verify(cast.rep, id)
    const later = as(cast.rep, { clock: handClock('2026-03-28T00:00:00.000Z') })
    expect((await verifyRecord(later, { object: customer, id })).version).toBe(3)
  })

  it('keeps a note on the timeline where no task asked for it', async () => {
    const id = await stale()
    await verify(cast.manager, id, { note: '核对无误' })
    const { items } = await findRecords(as(cast.manager), { object: activity, query: { limit: 5, parent: id } })
    expect(items).toMatchObject([
      {
        type: 'task',
        status: 'done',
        purpose: 'verify',
        subject: `已核实客户：宁波海蓝${next}`,
        outcome: '核对无误',
        assigneeId: cast.manager.id,
        occurredAt: now,
      },
    ])
  })

  it('as a dry run answers the same and writes nothing', async () => {
    const { id } = await asked()
    const items = await countItems(tables)
    expect((await verify(cast.rep, id, { dryRun: true })).record).toMatchObject({ lastVerifiedAt: now })
    expect(await countItems(tables)).toBe(items)
    expect((await read(id)).version).toBe(1)
  })

  it('is done once under an Idempotency-Key', async () => {
    const id = await stale()
    const idempotency = { key: `key-${id}`, requestHash: 'h' }
    const first = await verifyRecord(as(cast.rep, { idempotency }), { object: customer, id, note: '一次' })
    const second = await verifyRecord(as(cast.rep, { idempotency }), { object: customer, id, note: '一次' })
    expect([first.replayed, second.replayed, second.version]).toEqual([false, true, first.version])
  })

  it.each<[string, () => Actor, string[]]>([
    ['a colleague who may not see it', () => cast.rep2, ['not_found']],
    ['a rep of another team', () => cast.outsider, ['not_found']],
    ['who may see it but not change it', () => cast.service, ['not_found']],
    ['who only looks', () => cast.auditor, ['not_found']],
  ])('is refused to %s, and nothing is written', async (_who, who, told) => {
    const { id, taskId } = await asked()
    expect(await toldBy(verify(who(), id))).toEqual(told)
    expect([(await read(id)).version, (await read(taskId)).version]).toEqual([1, 1])
  })

  it.each<[string, JsonObject, string[]]>([
    ['a value that is wrong', { website: 'no url' }, ['validation_failed', '/fields/website']],
    ['a field that there is not', { nope: 1 }, ['unknown_field', '/fields/nope']],
    ['a field that the role may not write', { tier: 'A' }, ['field_read_only', '/fields/tier']],
  ])('says where in the body is %s', async (_what, fields, [code, pointer]) => {
    const refusal = await refusalOf(verify(cast.rep, await stale(), { fields }))
    expect([refusal.code, refusal.errors[0]?.pointer]).toEqual([code, pointer])
  })

  it('says of a unique value that is taken where in the body it is', async () => {
    await stale({ taxId: `TAKEN-${next}` })
    const told = await toldBy(verify(cast.rep, await stale(), { fields: { taxId: `TAKEN-${next}` } }))
    expect(told).toEqual(['unique_violation', '/fields/taxId unique_violation'])
  })

  it('of an old version is refused with the version there is', async () => {
    const id = await stale()
    await verify(cast.rep, id)
    expect((await refusalOf(verify(cast.rep, id, { ifVersions: [1] }))).members).toEqual({ currentVersion: 2 })
  })

  it('of an activity is refused: those are not verified', async () => {
    const { taskId } = await asked()
    expect(await toldBy(verifyRecord(as(cast.rep), { object: activity, id: taskId }))).toEqual(['not_found'])
  })
})

const settle = (taskId: string) =>
  settleTask(systemContext(tables, { clock: handClock('2026-03-27T01:31:00.000Z') }), taskId)
const finish = (actor: Actor, taskId: string, status = 'done') =>
  updateRecord(as(actor), { object: activity, id: taskId, patch: { status } })

describe('a verification task that is completed', () => {
  it('verifies its record at that moment, in the name of who did it', async () => {
    const { id, taskId } = await asked()
    await finish(cast.rep, taskId)
    await settle(taskId)
    expect(await read(id)).toMatchObject({ version: 2, updatedBy: cast.rep.id, fields: { lastVerifiedAt: now } })
    expect(await fieldsOf(taskId)).not.toHaveProperty('verifies')
  })

  it('does so once, however often its event comes', async () => {
    const { id, taskId } = await asked()
    await finish(cast.rep, taskId)
    await Promise.all([settle(taskId), settle(taskId), settle(taskId)])
    await settle(taskId)
    expect([(await read(id)).version, (await read(taskId)).version]).toEqual([2, 3])
  })

  it('does not set back a later verification', async () => {
    const { id, taskId } = await asked()
    await finish(cast.rep, taskId)
    const later = '2026-03-29T00:00:00.000Z'
    await updateRecord(systemContext(tables), { object: customer, id, patch: { lastVerifiedAt: later } })
    await settle(taskId)
    expect(await fieldsOf(id)).toMatchObject({ lastVerifiedAt: later })
    expect(await fieldsOf(taskId)).not.toHaveProperty('verifies')
  })

  it('by somebody who may not change the record leaves that as it was, and frees it for the next plan', async () => {
    const { id, taskId } = await asked()
    await updateRecord(systemContext(tables), { object: customer, id, patch: { ownerId: cast.outsider.id } })
    await finish(cast.rep, taskId)
    await settle(taskId)
    expect((await fieldsOf(id))['lastVerifiedAt']).toBeUndefined()
    expect(await readOpenTasks(systemContext(tables), [id])).toEqual([undefined])
  })

  it('by somebody who has left since verifies nothing', async () => {
    const { id, taskId } = await asked({ ownerId: cast.rep2.id })
    await finish(cast.rep2, taskId)
    const leaving = { object: objectNamed('user'), id: cast.rep2.id }
    await updateRecord(systemContext(tables), { ...leaving, patch: { status: 'disabled' } })
    await settle(taskId)
    expect((await fieldsOf(id))['lastVerifiedAt']).toBeUndefined()
    await updateRecord(systemContext(tables), { ...leaving, patch: { status: 'active' } })
    cast.rep2 = await actorOf(tables, cast.rep2.id)
  })
})

describe('a verification task', () => {
  it('that is canceled verifies nothing and lets the next plan ask again', async () => {
    const { id, taskId } = await asked()
    await finish(cast.rep, taskId, 'canceled')
    await settle(taskId)
    expect((await read(id)).version).toBe(1)
    expect((await refresh(runContext(tables), [await read(id)], { runId: `again_${next}` })).created).toBe(1)
  })

  it('that is opened again stands for its record as before, and can be done again', async () => {
    const { id, taskId } = await asked()
    await finish(cast.rep, taskId, 'canceled')
    await settle(taskId)
    await finish(cast.rep, taskId, 'planned')
    await settle(taskId)
    expect(await readOpenTasks(systemContext(tables), [id])).toEqual([taskId])
    await finish(cast.rep, taskId)
    await settle(taskId)
    expect(await fieldsOf(id)).toMatchObject({ lastVerifiedAt: expect.stringMatching(/^2026-03-27T01:31/) })
  })

  it('that is opened again while another one is open is canceled', async () => {
    const { id, taskId } = await asked()
    await finish(cast.rep, taskId, 'canceled')
    await settle(taskId)
    await refresh(runContext(tables), [await read(id)], { runId: `other_${next}` })
    await finish(cast.rep, taskId, 'planned')
    await settle(taskId)
    expect(await fieldsOf(taskId)).toMatchObject({ status: 'canceled' })
  })

  it('is canceled when its record is deleted, and says so', async () => {
    const { id, taskId } = await asked()
    await removeRecord(systemContext(tables), { object: customer, id })
    await settleDeleted(systemContext(tables), id)
    expect(await fieldsOf(taskId)).toMatchObject({ status: 'canceled', outcome: '该记录已删除，无需核实。' })
  })

  it('goes over to the survivor when its record is merged, and verifies that', async () => {
    const { id: survivor } = { id: await stale() }
    const { id, taskId } = await asked()
    await mergeRecords(systemContext(tables), { object: customer, id: survivor, absorb: [id] })
    await settleDeleted(systemContext(tables), id)
    await settle(taskId)
    expect(await fieldsOf(taskId)).toMatchObject({ status: 'planned', customerId: survivor, verifies: survivor })
    const done = await finish(cast.rep, taskId)
    await settle(taskId)
    expect(await fieldsOf(survivor)).toMatchObject({ lastVerifiedAt: done.record['updatedAt'] })
  })

  it('of a kind that people make is none of this', async () => {
    const id = await stale()
    const task = await verifyRecord(as(cast.rep), { object: customer, id, note: '记录' })
    await settle(task.id)
    expect((await read(id)).version).toBe(2)
  })
})
