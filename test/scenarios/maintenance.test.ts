import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { createDynamoDbClient } from '#infra/local/dynamodb/client.ts'
import type { CleanupReport, CleanupRunView } from '#schemas/api/maintenance.ts'
import { cleanupRunView } from '#schemas/api/maintenance.ts'
import { type Caller, useCrm } from '../support/crm.ts'

const crm = useCrm()
const runs = '/v1/maintenance/runs'

const start = (as: Caller, body: object = {}, headers: Record<string, string> = {}) =>
  crm.send({ as, method: 'POST', path: runs, body, headers })

/** Waits for the end of a run, or of its undoing, and returns it. */
async function ended(id: string): Promise<CleanupRunView> {
  for (let tries = 0; tries < 1_200; tries++) {
    const { json } = await crm.send({ as: 'admin', method: 'GET', path: `${runs}/${id}` })
    if (!['running', 'canceling', 'undoing'].includes(json.state)) return cleanupRunView.parse(json)
    await sleep(50)
  }
  throw new Error(`${id} does not end`)
}

async function clean(body: object = {}): Promise<CleanupRunView> {
  const { status, json, text } = await start('admin', body)
  expect(status, text).toBe(202)
  return ended(json.id)
}

async function itemsOf(id: string): Promise<{ kind: string; id: string }[]> {
  const { status, json, text } = await crm.send({ as: 'admin', method: 'GET', path: `${runs}/${id}/report` })
  expect(status, text).toBe(200)
  const file = await fetch(json.url)
  return ((await file.json()) as { items: { kind: string; id: string }[]; report: CleanupReport }).items
}

/** As an older version or another program may have left it: past the checks of the API. */
async function spoil(id: string): Promise<void> {
  const { endpoints, tableNames } = crm.stack()
  await createDynamoDbClient(endpoints['dynamodb'] ?? '')('UpdateItem', {
    TableName: tableNames['Records'],
    Key: { pk: { S: `R#${id}` }, sk: { S: 'A' } },
    UpdateExpression: 'SET #fields.#name = :name',
    ExpressionAttributeNames: { '#fields': 'fields', '#name': 'name' },
    ExpressionAttributeValues: { ':name': { S: ' Lieferant ' } },
  })
}

async function nameOf(id: string): Promise<string> {
  return (await crm.send({ as: 'admin', method: 'GET', path: `/v1/customers/${id}` })).json.name
}

it('a cleanup is tried, made, seen in the history and undone over the API', async () => {
  const customer = await crm.create('admin', 'customers', {
    name: 'Lieferant',
    emails: [{ value: 'info@lieferant.example' }],
  })
  const id = customer['id'] ?? ''
  const set = { phones: [{ value: '+86 139 1234 5678' }], website: 'https://lieferant.example' }
  await crm.send({ as: 'admin', method: 'PATCH', path: `/v1/customers/${id}`, body: set })
  await spoil(id)
  const dry = await clean({ dryRun: true })
  expect(dry).toMatchObject({ state: 'succeeded', dryRun: true, kind: 'cleanup' })
  const real = await clean()
  expect(real).toMatchObject({ state: 'succeeded', dryRun: false, report: { counts: { fixed: 1 } } })
  expect(await nameOf(id)).toBe('Lieferant')
  const history = await crm.send({ as: 'admin', method: 'GET', path: `/v1/customers/${id}/history?limit=1` })
  expect(history.json.items[0]).toMatchObject({ source: `cleanup/${real.id}`, action: 'updated' })
  expect(real.steps?.map(({ name, state }) => `${name} ${state}`)).toEqual(
    ['plan', 'evaluate', 'duplicates', 'refresh', 'purge', 'report'].map(name => `${name} done`),
  )
  expect(await itemsOf(real.id)).toEqual(await itemsOf(dry.id))
  const undo = await crm.send({ as: 'admin', method: 'POST', path: `${runs}/${real.id}/undo`, body: {} })
  expect(undo.status, undo.text).toBe(202)
  expect(await ended(real.id)).toMatchObject({ state: 'undone', undo: { reverted: 1, conflicts: 0 } })
  expect(await nameOf(id)).toBe(' Lieferant ')
  const conflicts = await crm.send({ as: 'admin', method: 'GET', path: `${runs}/${real.id}/conflicts` })
  expect(conflicts.json).toEqual({ items: [] })
})

it('runs are listed, the latest first', async () => {
  const { json, status } = await crm.send({ as: 'admin', method: 'GET', path: `${runs}?limit=1` })
  expect(status).toBe(200)
  expect(json.items).toHaveLength(1)
  expect(json.nextCursor).toEqual(expect.any(String))
  const next = await crm.send({ as: 'admin', method: 'GET', path: `${runs}?limit=1&cursor=${json.nextCursor}` })
  expect(next.json.items[0].id).not.toBe(json.items[0].id)
})

it('a start sent again with its key is the same run', async () => {
  const headers = { 'idempotency-key': 'nightly-1' }
  const [first, again] = [await start('admin', {}, headers), await start('admin', {}, headers)]
  expect([first.status, again.status]).toEqual([202, 202])
  expect(again.json.id).toBe(first.json.id)
  expect((await ended(first.json.id)).state).toBe('succeeded')
})

it.each([
  ['a rep', 'rep', 404],
  ['a manager', 'manager', 404],
  ['nobody', 'nobody', 401],
] as [string, Caller, number][])('%s can neither start a run nor see one', async (_who, as, status) => {
  const { id } = await clean({ dryRun: true })
  expect((await start(as)).status).toBe(status)
  for (const path of [runs, `${runs}/${id}`, `${runs}/${id}/report`, `${runs}/${id}/conflicts`])
    expect((await crm.send({ as, method: 'GET', path })).status, path).toBe(status)
  for (const verb of ['cancel', 'undo'])
    expect((await crm.send({ as, method: 'POST', path: `${runs}/${id}/${verb}`, body: {} })).status).toBe(status)
})

it('an auditor sees runs, but not what their reports quote of people, and starts none', async () => {
  const { id } = await clean({ dryRun: true })
  const status = async (path: string) => (await crm.send({ as: 'auditor', method: 'GET', path })).status
  expect(await Promise.all([runs, `${runs}/${id}`, `${runs}/${id}/report`].map(status))).toEqual([200, 200, 404])
  expect((await start('auditor')).status).toBe(404)
})

it('what cannot be done with a run is refused, saying why', async () => {
  const dry = await clean({ dryRun: true })
  const refused = async (verb: string) => {
    const { status, json } = await crm.send({
      as: 'admin',
      method: 'POST',
      path: `${runs}/${dry.id}/${verb}`,
      body: {},
    })
    return [status, json.errors?.[0]?.code, json.detail]
  }
  expect(await refused('undo')).toEqual([400, 'invalid_state', expect.stringContaining('dry run')])
  expect(await refused('cancel')).toEqual([400, 'invalid_state', expect.stringContaining('nothing to cancel')])
  const unknown = await start('admin', { dryrun: true })
  expect([unknown.status, unknown.json.code]).toEqual([400, 'unknown_field'])
  const missing = await crm.send({ as: 'admin', method: 'GET', path: `${runs}/run_01h00000000000000000000000` })
  expect(missing.status).toBe(404)
})
