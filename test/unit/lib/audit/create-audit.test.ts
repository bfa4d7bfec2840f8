import { describe, expect, it } from 'vitest'
import { auditAfterRun, createAudit, startMonthlyAudit } from '#lib/audit/create-audit.ts'
import { findAudits } from '#lib/audit/find-audits.ts'
import type { Actor } from '#lib/permissions/actor.ts'
import { compileObject } from '#lib/records/compile.ts'
import { firstVersion } from '#lib/records/next-state.ts'
import { writeRecord } from '#lib/records/write.ts'
import { typeIds } from '#lib/runtime/ids.ts'
import type { JsonObject } from '#schemas/json.ts'
import { tenantPolicy } from '#schemas/settings.ts'
import { run } from '#schemas/system/run.ts'
import { useAudits } from '../../../support/audits.ts'
import { refusalOf, testTenant, toldBy } from '../../../support/table.ts'

const stage = useAudits()
const { as, ask, month, now, see, system } = stage

describe('asking for an audit', () => {
  it('again in the same way is the same audit; in another way it is refused, naming the one there is', async () => {
    const first = await ask()
    expect((await ask()).id).toBe(first.id)
    const refusal = await refusalOf(ask({ perOwner: 3 }))
    expect([refusal.errors[0]?.code, refusal.message]).toEqual(['already_audited', expect.stringContaining(first.id)])
  })

  it('takes what is left out from the settings', async () => {
    const policy = tenantPolicy.parse({ audit: { perOwner: 7, reviewerId: stage.cast().service.id } })
    const audit = await createAudit(as(stage.cast().admin, { policy }), { month: month() })
    expect(audit).toMatchObject({
      perOwner: 7,
      reviewerId: stage.cast().service.id,
      requestedBy: stage.cast().admin.id,
      state: 'sampling',
    })
  })

  it('without any reviewer makes the caller the reviewer', async () => {
    expect((await createAudit(as(stage.cast().admin), { month: month() })).reviewerId).toBe(stage.cast().admin.id)
  })

  it.each<[string, () => Actor, object, string[]]>([
    ['by a rep', () => stage.cast().rep, {}, ['not_found']],
    ['by who only looks', () => stage.cast().auditor, {}, ['not_found']],
    [
      'of a month to come',
      () => stage.cast().admin,
      { month: '2999-01' },
      ['validation_failed', '/month invalid_value'],
    ],
    [
      'with a reviewer there is not',
      () => stage.cast().admin,
      { reviewerId: 'user_x' },
      ['validation_failed', '/reviewerId invalid_reference'],
    ],
  ])('%s is refused', async (_what, who, more, told) => {
    expect(await toldBy(createAudit(as(who()), { month: month(), ...more }))).toEqual(told)
  })

  it('of no records is refused where the settings ask for none', async () => {
    const policy = tenantPolicy.parse({ audit: { perOwner: 0 } })
    expect(await toldBy(createAudit(as(stage.cast().admin, { policy }), { month: month() }))).toEqual([
      'validation_failed',
      '/perOwner required',
    ])
  })
})

describe('the audit of last month', () => {
  it('is made once where the settings name a reviewer', async () => {
    const policy = tenantPolicy.parse({ audit: { reviewerId: stage.cast().auditor.id } })
    const at = now().now()
    const id = await startMonthlyAudit(system({ policy }), at)
    expect(await startMonthlyAudit(system({ policy }), at)).toBe(id)
    expect(await see(id ?? '')).toMatchObject({ month: month(), perOwner: 5, requestedBy: 'system', state: 'sampling' })
  })

  it.each([
    ['no reviewer', {}],
    ['no records', { perOwner: 0, reviewerId: 'user_01jq2v7m4hf8r9s0t1v2w3x4y5' }],
    ['a reviewer who has left', { reviewerId: 'user_01jq2v7m4hf8r9s0t1v2w3x4y5' }],
  ])('is not made where the settings name %s', async (_what, audit) => {
    expect(await startMonthlyAudit(system({ policy: tenantPolicy.parse({ audit }) }), now().now())).toBeUndefined()
  })
})

describe('a cleanup that ends', () => {
  /** A run of the cleanup as it is stored. */
  async function ended(values: JsonObject): Promise<string> {
    const object = compileObject(run, testTenant)
    const id = typeIds.next(run.prefix)
    const fields = {
      kind: 'cleanup',
      state: 'succeeded',
      dryRun: false,
      startedAt: now().now().toISOString(),
      ...values,
    }
    const after = firstVersion({ id, object: run.name, fields }, { at: now().now().toISOString(), by: 'system' })
    await writeRecord(system(), async () => ({ object, before: undefined, after, action: 'created' }), {})
    return id
  }

  it.each<[string, JsonObject, number]>([
    ['well is followed by the audit of last month', {}, 1],
    ['as a dry run is not', { dryRun: true }, 0],
    ['badly is not', { state: 'failed' }, 0],
  ])('%s', async (_how, values, audits) => {
    const policy = tenantPolicy.parse({ audit: { reviewerId: stage.cast().auditor.id } })
    const runId = await ended(values)
    await auditAfterRun(system({ policy }), runId)
    await auditAfterRun(system({ policy }), runId)
    const { items } = await findAudits(as(stage.cast().admin), { limit: 20 })
    expect(items.filter(each => each.month === month())).toHaveLength(audits)
  })
})
