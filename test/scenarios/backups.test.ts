import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { backupPage, backupView } from '#schemas/api/backups.ts'
import { backupRunView, runPage } from '#schemas/api/maintenance.ts'
import { type Caller, useCrm } from '../support/crm.ts'

const crm = useCrm()
const runs = '/v1/maintenance/runs'

const get = (path: string, as: Caller = 'admin') => crm.send({ as, method: 'GET', path })
const start = (body: object, as: Caller = 'admin') => crm.send({ as, method: 'POST', path: runs, body })

async function ended(id: string) {
  for (let tries = 0; tries < 600; tries++) {
    const { json } = await get(`${runs}/${id}`)
    if (json.state !== 'running') return json
    await sleep(100)
  }
  throw new Error(`${id} does not end`)
}

async function backUp(body: object = {}) {
  const { status, json, text } = await start({ kind: 'backup', ...body })
  expect(status, text).toBe(202)
  const run = backupRunView.parse(await ended(json.id))
  expect(run.failure).toBeUndefined()
  const backup = backupView.parse((await get(`/v1/backups/${run.report?.backupId}`)).json)
  return { run, backup }
}

it('a full backup, then what changed since: each verified, catalogued, in the second region', async () => {
  for (const name of ['Eins', '二号', 'Drei']) await crm.create('admin', 'customers', { name })
  const full = await backUp()
  expect(full.run).toMatchObject({ state: 'succeeded', report: { kind: 'full', backupId: full.backup.id } })
  expect(full.run.steps?.map(({ name, state }) => `${name} ${state}`)).toEqual(
    ['plan', 'export', 'verify', 'catalogue', 'copy', 'expire', 'report'].map(name => `${name} done`),
  )
  expect(full.run.durationSeconds).toBeGreaterThan(0)
  expect(full.run.costEstimate?.basis).toContain('AWS list prices')
  expect(full.backup).toMatchObject({ kind: 'full', state: 'unproven', fullId: full.backup.id, runId: full.run.id })
  expect(full.backup.copiedAt).toBeDefined()

  await crm.create('admin', 'customers', { name: 'Vier' })
  const next = await backUp()
  expect(next.run.report).toMatchObject({ kind: 'incremental', fromAt: full.backup.cutOffAt })
  expect(next.backup.chain).toEqual([full.backup.id, next.backup.id])
  expect(next.backup.previousId).toBe(full.backup.id)

  const again = await backUp({ full: true })
  expect(again.backup).toMatchObject({ kind: 'full', chain: [again.backup.id] })
  const page = backupPage.parse((await get('/v1/backups?state=unproven')).json)
  expect(page.items.map(({ id }) => id).toSorted()).toEqual(
    [full.backup.id, next.backup.id, again.backup.id].toSorted(),
  )
})

it('runs are listed with the next ones to come', async () => {
  const page = runPage.parse((await get(runs)).json)
  expect(page.schedules?.map(({ kind }) => kind)).toEqual(['cleanup', 'backup', 'restoreDrill'])
  for (const { nextRunAt } of page.schedules ?? []) expect(Date.parse(nextRunAt ?? '')).toBeGreaterThan(Date.now())
})

it.each([
  [{ kind: 'backup', dryRun: true }, '/dryRun'],
  [{ kind: 'cleanup', full: true }, '/full'],
  [{ kind: 'backup', backupId: 'bkp_1' }, '/backupId'],
])('%j is refused, naming what belongs to another kind', async (body, pointer) => {
  const { status, json } = await start(body)
  expect([status, json.errors[0].pointer]).toEqual([400, pointer])
})

it.each<[Caller, number, number]>([
  ['auditor', 200, 404],
  ['manager', 404, 404],
  ['rep', 404, 404],
  ['nobody', 401, 401],
])('%s sees backups: %i, and starts one: %i', async (as, sees, starts) => {
  expect((await get('/v1/backups', as)).status).toBe(sees)
  expect((await start({ kind: 'backup' }, as)).status).toBe(starts)
})

it('a backup can neither be canceled nor undone, and says so', async () => {
  const { run } = await backUp()
  for (const verb of ['cancel', 'undo']) {
    const { status, json } = await crm.send({
      as: 'admin',
      method: 'POST',
      path: `${runs}/${run.id}/${verb}`,
      body: {},
    })
    expect([status, json.code]).toEqual([400, 'validation_failed'])
    expect(json.errors[0].detail).toContain('only a cleanup')
  }
})
