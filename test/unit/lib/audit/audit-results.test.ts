import { describe, expect, it } from 'vitest'
import { readItems } from '#lib/audit/audit-record.ts'
import { createAudit } from '#lib/audit/create-audit.ts'
import { findAudits } from '#lib/audit/find-audits.ts'
import { readAuditAccuracy } from '#lib/audit/read-audit-accuracy.ts'
import { type AuditResult, recordResult } from '#lib/audit/record-result.ts'
import type { Actor } from '#lib/permissions/actor.ts'
import { readRecord } from '#lib/store/read.ts'
import type { AuditView } from '#schemas/api/audits.ts'
import { useAudits } from '../../../support/audits.ts'
import { actorWithRole, handClock, toldBy } from '../../../support/table.ts'

const stage = useAudits()
const { as, ask, drawn, enter, month, see, system } = stage

const judge = (audit: AuditView, place: number, result: Partial<AuditResult>, actor = stage.cast().auditor) =>
  recordResult(as(actor), {
    id: audit.id,
    recordId: audit.items?.[place]?.recordId ?? '',
    result: 'correct',
    ...result,
  })

describe('a result', () => {
  it('counts for its owner and its fields, and does the task', async () => {
    await enter(stage.cast().rep, 2)
    await enter(stage.cast().rep2, 2)
    const audit = await drawn()
    const theirs = (audit.items ?? [])
      .map(({ ownerId }, i) => [ownerId, i] as const)
      .filter(([id]) => id === stage.cast().rep.id)
    for (const [, place] of theirs) await judge(audit, place, { result: 'wrong', wrongFields: ['phones', 'address'] })
    const other = (audit.items ?? []).findIndex(({ ownerId }) => ownerId === stage.cast().rep2.id)
    const item = await judge(audit, other, { note: '核对无误' })
    expect(item).toMatchObject({ result: 'correct', note: '核对无误', checkedBy: stage.cast().auditor.id })
    const task = await readRecord(system().store, item.taskId)
    expect(task?.fields).toMatchObject({ status: 'done', outcome: '核对无误' })
    expect(await see(audit.id)).toMatchObject({
      state: 'open',
      sampled: 4,
      checked: 3,
      correct: 1,
      wrong: 2,
      accuracy: 0.333,
      byOwner: [
        { ownerId: stage.cast().rep.id, sampled: 2, checked: 2, wrong: 2, accuracy: 0 },
        { ownerId: stage.cast().rep2.id, sampled: 2, checked: 1, correct: 1, accuracy: 1 },
      ],
      byField: [
        { object: 'customer', field: 'address', checked: 3, wrong: 2, accuracy: 0.333 },
        { object: 'customer', field: 'phones', checked: 3, wrong: 2, accuracy: 0.333 },
      ],
    })
  })

  it('of every record makes the audit done', async () => {
    await enter(stage.cast().rep, 1)
    const audit = await drawn()
    await judge(audit, 0, {})
    expect((await see(audit.id)).state).toBe('done')
  })

  it('that is wrong says so in the task, by the labels of the fields', async () => {
    await enter(stage.cast().rep, 1)
    const item = await judge(await drawn(), 0, { result: 'wrong', wrongFields: ['phones', 'website'] })
    expect((await readRecord(system().store, item.taskId))?.fields['outcome']).toBe('有误：电话、网站')
  })

  it('given twice is one; a later one replaces it, and the history keeps both', async () => {
    await enter(stage.cast().rep, 1)
    const audit = await drawn()
    await judge(audit, 0, { result: 'wrong', wrongFields: ['phones'], note: '空号' })
    await judge(audit, 0, { result: 'wrong', wrongFields: ['phones'], note: '空号' })
    const [stored] = await readItems(system(), audit.id)
    expect(stored?.version).toBe(2)
    expect(await judge(audit, 0, {})).not.toHaveProperty('wrongFields')
    expect(await see(audit.id)).toMatchObject({ wrong: 0, correct: 1, byField: [] })
    expect((await readItems(system(), audit.id))[0]?.version).toBe(3)
  })

  it('asked for again under its Idempotency-Key is answered as it stands, and writes nothing', async () => {
    await enter(stage.cast().rep, 1)
    const audit = await drawn()
    const recordId = audit.items?.[0]?.recordId ?? ''
    const wrong = { id: audit.id, recordId, result: 'wrong', wrongFields: ['phones'] } as const
    const idempotency = { key: `key-${audit.id}`, requestHash: 'same' }
    const keyed = () => recordResult(as(stage.cast().auditor, { idempotency }), wrong)
    expect(await keyed()).toMatchObject({ result: 'wrong' })
    await judge(audit, 0, {})
    expect(await keyed()).toMatchObject({ result: 'correct' })
    expect((await readItems(system(), audit.id))[0]?.version).toBe(3)
  })

  it.each<[string, Partial<AuditResult>, string[]]>([
    ['for a record that was not drawn', { recordId: 'cust_x' }, ['validation_failed', '/recordId not_sampled']],
    ['that is wrong without a field', { result: 'wrong' }, ['validation_failed', '/wrongFields required']],
    [
      'that is correct with wrong fields',
      { wrongFields: ['name'] },
      ['validation_failed', '/wrongFields invalid_value'],
    ],
    [
      'of a field there is not',
      { result: 'wrong', wrongFields: ['name', 'nope'] },
      ['unknown_field', '/wrongFields/1 unknown_field'],
    ],
  ])('%s is refused', async (_what, result, told) => {
    await enter(stage.cast().rep, 1)
    expect(await toldBy(judge(await drawn(), 0, result))).toEqual(told)
  })

  it('of a field that the reviewer’s role hides is one of a field there is not, and is not shown to such roles', async () => {
    const blind = await actorWithRole(stage.tables(), {
      permissions: [{ object: 'customer', create: 'none', read: 'all', update: 'none', delete: 'none' }],
      fieldAccess: [{ object: 'customer', field: 'taxId', access: 'hidden' }],
    })
    await enter(stage.cast().rep, 1)
    const audit = await drawn({ reviewerId: blind.id })
    const told = await toldBy(judge(audit, 0, { result: 'wrong', wrongFields: ['taxId'] }, blind))
    expect(told).toEqual(['unknown_field', '/wrongFields/0 unknown_field'])
    await judge(audit, 0, { result: 'wrong', wrongFields: ['taxId'] }, stage.cast().admin)
    expect([(await see(audit.id)).byField.length, (await see(audit.id, blind)).byField.length]).toEqual([1, 0])
    const namedTo = async (actor?: Actor) => (await see(audit.id, actor)).items?.[0]?.wrongFields
    expect([await namedTo(), await namedTo(blind)]).toEqual([['taxId'], undefined])
    const both = { result: 'wrong', wrongFields: ['name', 'taxId'] } as const
    await judge(audit, 0, both, stage.cast().admin)
    expect(await namedTo(blind)).toEqual(['name'])
  })
})

describe('who sees an audit', () => {
  it.each<[string, () => Actor, boolean]>([
    ['who asked for it', () => stage.cast().manager, true],
    ['its reviewer', () => stage.cast().auditor, true],
    ['an admin', () => stage.cast().admin, true],
    ['a rep whose records it is about', () => stage.cast().rep, false],
    ['the service', () => stage.cast().service, false],
  ])('%s', async (_who, who, sees) => {
    await enter(stage.cast().rep, 1)
    const { id } = await drawn({}, stage.cast().manager)
    const found = await findAudits(as(who()), { limit: 10 })
    expect(found.items.some(item => item.id === id)).toBe(sees)
    const ends = await see(id, who())
      .then(audit => audit.id)
      .catch(({ code }) => code)
    expect(ends).toBe(sees ? id : 'not_found')
  })

  it('a manager of another team does not, and may not record a result', async () => {
    const other = await actorWithRole(stage.tables(), {
      permissions: [{ object: 'audit', create: 'team', read: 'team', update: 'team', delete: 'none' }],
      teamId: stage.cast().teams.west,
    })
    await enter(stage.cast().rep, 1)
    const audit = await drawn({}, stage.cast().manager)
    expect(await toldBy(judge(audit, 0, {}, other))).toEqual(['not_found'])
    expect(await toldBy(see(audit.id, other))).toEqual(['not_found'])
  })

  it('an audit is listed page by page, the newest first', async () => {
    const made = [
      await ask(),
      await createAudit(as(stage.cast().admin, { clock: handClock(`${stage.year()}-04-03T00:00:00Z`) }), {
        month: `${stage.year()}-02`,
      }),
    ]
    const first = await findAudits(as(stage.cast().admin), { limit: 1 })
    const second = await findAudits(as(stage.cast().admin), { limit: 1, cursor: first.nextCursor })
    expect([...first.items, ...second.items].map(({ id }) => id)).toEqual(made.map(({ id }) => id).toReversed())
  })
})

it('what audits found can be asked for by month', async () => {
  await enter(stage.cast().rep, 1)
  const audit = await drawn()
  await judge(audit, 0, { result: 'wrong', wrongFields: ['name'] })
  const found = await readAuditAccuracy(system(), { from: month(), to: month() })
  expect(found).toMatchObject([
    {
      month: month(),
      auditId: audit.id,
      accuracy: { checked: 1, wrong: 1, byField: [{ object: 'customer', field: 'name', wrong: 1 }] },
    },
  ])
  expect(await readAuditAccuracy(system(), { from: `${stage.year()}-04`, to: `${stage.year()}-05` })).toEqual([])
})
