import { afterAll, beforeAll, expect, it } from 'vitest'
import { raiseAlert } from '#lib/access-watch/raise-alert.ts'
import { reviewAlert } from '#lib/access-watch/review-alert.ts'
import type { Actor } from '#lib/permissions/actor.ts'
import { findRecords } from '#lib/records/operations/find-records.ts'
import { readChanges } from '#lib/store/history.ts'
import { accessAlert } from '#schemas/system/access-alert.ts'
import {
  type Cast,
  contextOf,
  handClock,
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

const since = '2026-03-27T01:00:00.000Z'
const later = '2026-03-28T09:00:00.000Z'
const as = (actor: Actor, at = later) => contextOf(tables, actor, { clock: handClock(at) })

/** The id of a new alert about somebody. */
async function alertAbout(actor: Actor, key: string): Promise<string> {
  await raiseAlert(systemContext(tables), { kind: 'massExport', actor: actor.id, key, since, count: 900 })
  const { items } = await findRecords(as(cast.admin), { object: accessAlert, query: { limit: 50 } })
  const found = items.find(item => item['actorId'] === actor.id)
  if (!found) throw new Error('no alert was raised')
  return String(found['id'])
}

const review = { conclusion: 'expected', note: '季度盘点，已与本人核实' } as const

it('what an alert came to is kept with who says so; said again, the last counts and the first stays in the history', async () => {
  const id = await alertAbout(cast.rep, 'twice')
  const first = await reviewAlert(as(cast.admin), { id, ...review })
  expect(first.record).toMatchObject({ ...review, reviewedAt: later, reviewedBy: cast.admin.id, actorId: cast.rep.id })
  const again = await reviewAlert(as(cast.admin, '2026-03-29T09:00:00.000Z'), {
    ...{ id, conclusion: 'incident', note: '账号已停用' },
  })
  expect(again).toMatchObject({ record: { conclusion: 'incident', note: '账号已停用' }, version: first.version + 1 })
  const { changes } = await readChanges(systemContext(tables).store, id, { limit: 10 })
  expect(JSON.stringify(changes)).toContain(review.note)
})

it('is for those who may change users', async () => {
  const id = await alertAbout(cast.rep, 'whose')
  for (const actor of [cast.auditor, cast.manager, cast.rep2]) {
    const refused = await refusalOf(reviewAlert(as(actor), { id, ...review }))
    expect(refused.code, actor.name).toBe('not_found')
  }
})

it('nobody reviews what the log says of themselves', async () => {
  const id = await alertAbout(cast.admin, 'own')
  const refused = await refusalOf(reviewAlert(as(cast.admin), { id, ...review }))
  expect(refused).toMatchObject({ code: 'validation_failed', errors: [{ code: 'own_alert' }] })
  expect(refused.message).toContain('somebody else')
})

it('an alert that there is not is not found', async () => {
  const id = 'aal_01jq2v7m4hf8r9s0t1v2w3x4y5'
  expect((await refusalOf(reviewAlert(as(cast.admin), { id, ...review }))).code).toBe('not_found')
})
