import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { createDynamoDbClient } from '#infra/local/dynamodb/client.ts'
import { backupRunView, drillRunView } from '#schemas/api/maintenance.ts'
import { useCrm } from '../support/crm.ts'

const crm = useCrm()
const runs = '/v1/maintenance/runs'

const get = (path: string) => crm.send({ as: 'admin', method: 'GET', path })

async function ended(body: object) {
  const { status, json, text } = await crm.send({ as: 'admin', method: 'POST', path: runs, body })
  expect(status, text).toBe(202)
  for (let tries = 0; tries < 900; tries++) {
    const run = (await get(`${runs}/${json.id}`)).json
    if (run.state !== 'running') return run
    await sleep(100)
  }
  throw new Error(`${json.id} does not end`)
}

async function backUp(): Promise<string> {
  const run = backupRunView.parse(await ended({ kind: 'backup' }))
  expect(run.failure).toBeUndefined()
  return run.report?.backupId ?? ''
}

const drill = async (body: object = {}) => drillRunView.parse(await ended({ kind: 'restoreDrill', ...body }))

const dynamoDb = () => createDynamoDbClient(crm.stack().endpoints['dynamodb'] ?? '')

async function scratchTables(): Promise<string[]> {
  const { TableNames } = (await dynamoDb()('ListTables', {})) as { TableNames: string[] }
  return TableNames.filter(name => name.includes('-drill-'))
}

it('a backup and what changed since it are restored, compared, read, and proven; live data may go on changing', async () => {
  const { id = '' } = await crm.create('admin', 'customers', { name: 'Eins', emails: [{ value: 'a@eins.example' }] })
  for (const name of ['二号', 'Drei']) await crm.create('admin', 'customers', { name })
  const full = await backUp()
  const patch = { name: 'Eins & Co', website: 'https://eins.example' }
  expect((await crm.send({ as: 'admin', method: 'PATCH', path: `/v1/customers/${id}`, body: patch })).status).toBe(200)
  const gone = await crm.create('admin', 'customers', { name: 'Weg' })
  await crm.send({ as: 'admin', method: 'DELETE', path: `/v1/customers/${gone['id']}` })
  const newest = await backUp()
  await crm.send({ as: 'admin', method: 'PATCH', path: `/v1/customers/${id}`, body: { name: 'Later' } })
  await crm.create('admin', 'customers', { name: 'After' })

  const { state, failure, report, steps, id: runId, costEstimate } = await drill()
  expect(failure, JSON.stringify(report)).toBeUndefined()
  expect(state).toBe('succeeded')
  expect(steps?.map(step => step.state)).toEqual(Array.from({ length: 8 }, () => 'done'))
  expect(report).toMatchObject({ backupId: newest, chain: [full, newest], differences: 0, examples: [], problems: [] })
  expect(report?.compared.records).toBeGreaterThan(10)
  expect(report?.compared.derived).toBeGreaterThan(10)
  expect(report?.explained['changed_since']).toBeGreaterThan(3)
  expect(report?.readChecks.done).toBeGreaterThan(5)
  expect(report?.readChecks.failed).toBe(0)
  expect(report?.rtoSeconds).toBeGreaterThan(0)
  expect(costEstimate?.currency).toBe('USD')
  expect((await get(`/v1/backups/${newest}`)).json).toMatchObject({ state: 'proven', provenBy: runId })
  expect((await get(`/v1/backups/${full}`)).json.state).toBe('unproven')
  expect(await scratchTables()).toEqual([])
})

it('an older backup can be asked for', async () => {
  const older = (await get('/v1/backups?state=unproven')).json.items[0].id
  const { report } = await drill({ backupId: older })
  expect(report).toMatchObject({ backupId: older, differences: 0 })
  expect((await get(`/v1/backups/${older}`)).json.state).toBe('proven')
})

it('a record that was altered past its history is a difference, and the backup is not proven', async () => {
  const { id = '' } = await crm.create('admin', 'customers', { name: 'Honest' })
  const backupId = await backUp()
  await dynamoDb()('UpdateItem', {
    TableName: crm.stack().tableNames['Records'],
    Key: { pk: { S: `R#${id}` }, sk: { S: 'A' } },
    UpdateExpression: 'SET #fields.#name = :name',
    ExpressionAttributeNames: { '#fields': 'fields', '#name': 'name' },
    ExpressionAttributeValues: { ':name': { S: 'Forged' } },
  })
  const run = await drill()
  expect(run).toMatchObject({ state: 'failed', failure: { code: 'restore_differs' }, report: { differences: 1 } })
  expect(run.report?.examples).toEqual([
    { record: id, code: 'different', detail: 'Version 1 is not the same in both.' },
  ])
  expect((await get(`/v1/backups/${backupId}`)).json).toMatchObject({ state: 'failed' })
  expect(await scratchTables()).toEqual([])
})

it('a drill of a backup that is not there fails, and says so', async () => {
  const run = await drill({ backupId: 'bkp_01jq2v7m4hf8r9s0t1v2w3x4y5' })
  expect(run).toMatchObject({ state: 'failed', failure: { code: 'not_found' } })
})
