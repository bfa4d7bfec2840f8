import { describe, expect, it } from 'vitest'
import { createAudit } from '#lib/audit/create-audit.ts'
import { sampleAudit } from '#lib/audit/sample-audit.ts'
import { updateRecord } from '#lib/records/operations/update-record.ts'
import { readRecord } from '#lib/store/read.ts'
import type { AuditView } from '#schemas/api/audits.ts'
import { useAudits } from '../../../support/audits.ts'
import { killedAt } from '../../../support/frail-store.ts'
import { actorWithRole, countItems, handClock, objectNamed, systemContext, testTenant } from '../../../support/table.ts'

const stage = useAudits()
const { as, ask, drawn, during, enter, month, see, system } = stage
const sampleOf = ({ items = [] }: AuditView) => items.map(({ recordId }) => recordId).toSorted()

describe('the sample of an audit', () => {
  it('is so many records of each owner, given to the reviewer as tasks in the words of the tenant', async () => {
    const reps = await enter(stage.cast().rep, 5)
    await enter(stage.cast().rep2, 1, 'contact')
    const audit = await drawn()
    expect(audit).toMatchObject({
      state: 'open',
      sampled: 3,
      checked: 0,
      unseen: 0,
      reviewerId: stage.cast().auditor.id,
    })
    expect(audit.accuracy).toBeUndefined()
    expect(audit.byOwner.map(({ ownerId, sampled }) => [ownerId, sampled]).toSorted()).toEqual(
      [
        [stage.cast().rep.id, 2],
        [stage.cast().rep2.id, 1],
      ].toSorted(),
    )
    const [item] = audit.items?.filter(({ recordId }) => reps.includes(recordId)) ?? []
    const task = await readRecord(system().store, item?.taskId ?? '')
    expect(task?.fields).toMatchObject({
      type: 'task',
      status: 'planned',
      purpose: 'audit',
      auditId: audit.id,
      customerId: item?.recordId,
      assigneeId: stage.cast().auditor.id,
      subject: expect.stringMatching(/^抽查客户：customer/),
      body: `${stage.year()} 年 3 月质量抽查，负责人：rep。请核对该客户的各项资料，并在抽查中记录结果：正确，或哪些字段有误。`,
    })
  })

  it('speaks English where the tenant does, and keeps the name of a person out of the task', async () => {
    await enter(stage.cast().rep, 1, 'contact')
    const { id } = await ask()
    await sampleAudit(system({ tenant: { ...testTenant, locale: 'en' } }), id)
    const [item] = (await see(id)).items ?? []
    const task = await readRecord(system().store, item?.taskId ?? '')
    expect(task?.fields).toMatchObject({
      subject: 'Audit contact',
      body: `Audit of ${month()}; owner: rep. Check every value of this contact and record the result with the audit: correct, or which fields are wrong.`,
    })
  })

  it('is of what was entered or changed since the month began and was there by its end', async () => {
    const before = handClock(`${stage.year()}-02-28T15:59:59.000Z`)
    await enter(stage.cast().rep, 2, 'customer', before)
    const [changed = ''] = await enter(stage.cast().rep, 1, 'customer', before)
    await updateRecord(systemContext(stage.tables(), { clock: during() }), {
      object: objectNamed('customer'),
      id: changed,
      patch: { tier: 'A' },
    })
    const within = await enter(stage.cast().rep, 1, 'customer', handClock(`${stage.year()}-02-28T16:00:00.000Z`))
    await enter(stage.cast().rep, 3, 'customer', handClock(`${stage.year()}-03-31T16:00:00.000Z`))
    expect(sampleOf(await drawn({ perOwner: 50 }))).toEqual([changed, ...within].toSorted())
  })

  it('is the same whenever it is drawn: by chance that can be repeated, other records for another month', async () => {
    const ids = await enter(stage.cast().rep, 40)
    const first = await drawn({ perOwner: 6 })
    const { id } = await createAudit(as(stage.cast().manager), {
      month: month(),
      perOwner: 6,
      reviewerId: stage.cast().auditor.id,
    })
    await sampleAudit(system(), id)
    expect(sampleOf(await see(id))).toEqual(sampleOf(first))
    const other = await createAudit(as(stage.cast().admin), {
      month: `${stage.year()}-04`,
      perOwner: 6,
      reviewerId: stage.cast().auditor.id,
    })
    for (const id of ids)
      await updateRecord(as(stage.cast().admin), { object: objectNamed('customer'), id, patch: { tags: ['四月'] } })
    await sampleAudit(system(), other.id)
    expect((await see(other.id)).sampled).toBe(6)
    expect(sampleOf(await see(other.id))).not.toEqual(sampleOf(first))
  })

  it('draws nothing twice when its event comes again, and goes on where it was killed', async () => {
    await enter(stage.cast().rep, 6)
    await enter(stage.cast().rep2, 6)
    const { id } = await ask({ perOwner: 3 })
    await expect(sampleAudit(killedAt(system(), 4), id)).rejects.toThrow('killed')
    await enter(stage.cast().rep, 6)
    await sampleAudit(system(), id)
    const items = await countItems(stage.tables())
    await sampleAudit(system(), id)
    expect(await countItems(stage.tables())).toBe(items)
    const audit = await see(id)
    expect(audit.byOwner.map(({ sampled }) => sampled)).toEqual([3, 3])
    expect([audit.state, new Set(sampleOf(audit)).size]).toEqual(['open', 6])
  })

  it('counts what the reviewer may not see once, also of owners whose sample was drawn before it was killed', async () => {
    const { manager, rep, rep2, teams } = stage.cast()
    for (const owner of [rep, rep2]) {
      const [elsewhere = ''] = await enter(owner, 2)
      const ctx = systemContext(stage.tables(), { clock: during() })
      await updateRecord(ctx, { object: objectNamed('customer'), id: elsewhere, patch: { teamId: teams.west } })
    }
    const { id } = await ask({ perOwner: 1, reviewerId: manager.id })
    await expect(sampleAudit(killedAt(system(), 2), id)).rejects.toThrow('killed')
    await sampleAudit(system(), id)
    const audit = await see(id)
    expect([audit.sampled, audit.unseen]).toEqual([2, 2])
  })

  it('leaves out the reviewer’s own records and what the reviewer may not see, and counts those', async () => {
    await enter(stage.cast().manager, 2)
    await enter(stage.cast().rep, 1)
    await enter(stage.cast().outsider, 3)
    const audit = await drawn({ reviewerId: stage.cast().manager.id })
    expect(audit.byOwner.map(({ ownerId }) => ownerId)).toEqual([stage.cast().rep.id])
    expect([audit.sampled, audit.unseen]).toEqual([1, 3])
  })

  it('of a manager is of the team alone', async () => {
    await enter(stage.cast().rep, 1)
    await enter(stage.cast().outsider, 1)
    const audit = await drawn({}, stage.cast().manager)
    expect([audit.teamId, audit.byOwner.map(({ ownerId }) => ownerId)]).toEqual([
      stage.cast().teams.east,
      [stage.cast().rep.id],
    ])
  })

  it('is none when the reviewer has left meanwhile, and the audit says so', async () => {
    const leaver = await actorWithRole(stage.tables(), {
      permissions: [{ object: 'customer', create: 'none', read: 'all', update: 'none', delete: 'none' }],
    })
    await enter(stage.cast().rep, 1)
    const { id } = await ask({ reviewerId: leaver.id })
    await updateRecord(system(), { object: objectNamed('user'), id: leaver.id, patch: { status: 'disabled' } })
    await sampleAudit(system(), id)
    expect(await see(id)).toMatchObject({ state: 'done', sampled: 0, problem: '抽查人或发起人已离职，无法抽样。' })
  })
})
