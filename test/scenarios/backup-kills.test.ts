import { setTimeout as sleep } from 'node:timers/promises'
import {
  GetExecutionHistoryCommand,
  ListExecutionsCommand,
  SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn'
import { describe, expect, it } from 'vitest'
import { createDynamoDbClient } from '#infra/local/dynamodb/client.ts'
import { readTenant } from '#infra/tenant-file.ts'
import type { BackupView } from '#schemas/api/backups.ts'
import { useCrm } from '../support/crm.ts'

const crm = useCrm()
const { region } = readTenant('local')
const runs = '/v1/maintenance/runs'

const get = async (path: string) => (await crm.send({ as: 'admin', method: 'GET', path })).json

const sfn = () => {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' }
  return new SFNClient({ endpoint: crm.stack().endpoints['sfn'] ?? '', region, credentials })
}

const machineArn = (name: string) => `arn:aws:states:${region}:000000000000:stateMachine:evergreen-local-${name}`

async function executionOf(arn: string, runId: string): Promise<string> {
  const { executions = [] } = await sfn().send(new ListExecutionsCommand({ stateMachineArn: arn }))
  return executions.find(({ name }) => name?.startsWith(runId))?.executionArn ?? ''
}

/** Starts a run, ends its execution as soon as it enters a state, and starts another one of the same run. */
async function killedAt(machine: string, state: string, request: object): Promise<string> {
  const { json } = await crm.send({ as: 'admin', method: 'POST', path: runs, body: request })
  const arn = machineArn(machine)
  const executionArn = await executionOf(arn, json.id)
  for (let isThere = false; !isThere; ) {
    const { events = [] } = await sfn().send(new GetExecutionHistoryCommand({ executionArn }))
    isThere = events.some(({ stateEnteredEventDetails }) => stateEnteredEventDetails?.name === state)
  }
  await sfn().send(new StopExecutionCommand({ executionArn }))
  const again = { stateMachineArn: arn, name: `${json.id}-again`, input: JSON.stringify({ runId: json.id }) }
  await sfn().send(new StartExecutionCommand(again))
  return json.id
}

async function ended(id: string) {
  for (let tries = 0; tries < 900; tries++) {
    const run = await get(`${runs}/${id}`)
    if (run.state !== 'running') return run
    await sleep(50)
  }
  throw new Error(`${id} does not end`)
}

async function scratchTables(): Promise<string[]> {
  const list = createDynamoDbClient(crm.stack().endpoints['dynamodb'] ?? '')
  const { TableNames } = (await list('ListTables', {})) as { TableNames: string[] }
  return TableNames.filter(name => name.includes('-drill-'))
}

describe('a backup that is killed', () => {
  it.each([
    'DescribeTable',
    'Plan',
    'ExportAll',
    'AwaitExport',
    'Inspect',
    'Verify',
    'Catalogue',
    'WatchCopy',
    'ExpireAndReport',
  ])('at %s and begun again is one whole backup', async state => {
    await crm.create('admin', 'customers', { name: `Before ${state}` })
    const id = await killedAt('backup', state, { kind: 'backup', full: true })
    const run = await ended(id)
    expect(run).toMatchObject({ state: 'succeeded', report: { kind: 'full' } })
    const { items } = (await get('/v1/backups?limit=100')) as { items: BackupView[] }
    expect(items.filter(({ runId }) => runId === id).map(backup => [backup.id, backup.state])).toEqual([
      [run.report.backupId, 'unproven'],
    ])
    const { files, copiedAt } = await get(`/v1/backups/${run.report.backupId}`)
    expect(files.length).toBeGreaterThan(3)
    expect(copiedAt).toBeDefined()
  })
})

describe('a drill that is killed', () => {
  it.each([
    'Plan',
    'Verify',
    'Import',
    'AwaitImport',
    'Increments',
    'Digest',
    'Compare',
    'CheckReads',
    'TidyAndReport',
  ])('at %s and begun again proves the backup, and leaves no table', async state => {
    const run = await ended(await killedAt('restore-drill', state, { kind: 'restoreDrill' }))
    expect(run).toMatchObject({ state: 'succeeded', report: { differences: 0, readChecks: { failed: 0 } } })
    expect(await scratchTables()).toEqual([])
  })

  it('for good leaves a table, which the next one deletes', async () => {
    const backup = await crm.send({ as: 'admin', method: 'POST', path: runs, body: { kind: 'backup', full: true } })
    expect((await ended(backup.json.id)).state).toBe('succeeded')
    const { json } = await crm.send({ as: 'admin', method: 'POST', path: runs, body: { kind: 'restoreDrill' } })
    const executionArn = await executionOf(machineArn('restore-drill'), json.id)
    while ((await scratchTables()).length === 0) await sleep(5)
    await sfn().send(new StopExecutionCommand({ executionArn }))
    // As when its end was told, and the step that deletes its table died.
    const { endpoints, tableNames } = crm.stack()
    await createDynamoDbClient(endpoints['dynamodb'] ?? '')('UpdateItem', {
      TableName: tableNames['Records'],
      Key: { pk: { S: `R#${json.id}` }, sk: { S: 'A' } },
      UpdateExpression: 'SET #fields.#state = :failed',
      ExpressionAttributeNames: { '#fields': 'fields', '#state': 'state' },
      ExpressionAttributeValues: { ':failed': { S: 'failed' } },
    })
    const next = await crm.send({ as: 'admin', method: 'POST', path: runs, body: { kind: 'restoreDrill' } })
    expect((await ended(next.json.id)).state).toBe('succeeded')
    expect(await scratchTables()).toEqual([])
  })
})
