import { StartExecutionCommand } from '@aws-sdk/client-sfn'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  exportEnd,
  type Ground,
  item,
  itemsOf,
  put,
  scan,
  startGround,
  table,
  tableArn,
} from '../../dynamodb/transfers/support.ts'
import { newFolder } from '../support/client-options.ts'
import { addMachine, ended, machineArn, type States, startEngine } from '../support/machines.ts'

const task = (name: string, more: Record<string, unknown>) => ({
  Type: 'Task',
  Resource: `arn:aws:states:::aws-sdk:dynamodb:${name}`,
  ...more,
})

let ground: Ground
let started: Awaited<ReturnType<typeof startEngine>>
let mayDo: (action: string, resource: string) => boolean = () => true

beforeAll(async () => {
  ground = await startGround()
  started = await startEngine(
    {
      dir: newFolder(),
      authorize: (principal, action, resource) => principal === 'local' || mayDo(action, resource),
      callDynamoDb: (operation, input, caller) => ground.transfers.call(operation, input, caller),
    },
    {},
  )
})
afterAll(async () => {
  await started.engine.stop()
  await ground.stop()
})

let count = 0
async function run(states: States, input: unknown = {}) {
  const name = `machine-${++count}`
  addMachine(started.engine, name, states)
  const { executionArn = '' } = await started.client.send(
    new StartExecutionCommand({ stateMachineArn: machineArn(name), input: JSON.stringify(input) }),
  )
  const { status, output = 'null', error, cause } = await ended(started.client, executionArn)
  return { status, output: JSON.parse(output), error, cause }
}

const exportStates = (parameters: Record<string, unknown>): States => ({
  Export: task('exportTableToPointInTime', { Parameters: parameters, ResultPath: '$.export', Next: 'Wait' }),
  Wait: { Type: 'Wait', Seconds: 1, Next: 'Describe' },
  Describe: task('describeExport', {
    Parameters: { 'ExportArn.$': '$.export.ExportDescription.ExportArn' },
    ResultPath: '$.export',
    Next: 'Done?',
  }),
  'Done?': {
    Type: 'Choice',
    Choices: [{ Variable: '$.export.ExportDescription.ExportStatus', StringEquals: 'IN_PROGRESS', Next: 'Wait' }],
    Default: 'Done',
  },
  Done: { Type: 'Succeed' },
})

describe('a state that calls DynamoDB', () => {
  it('exports the table and waits for the end of it', async () => {
    for (const pk of ['a', 'b', 'c']) await put(ground, item(pk))
    const { status, output } = await run(
      exportStates({
        'TableArn.$': '$.table',
        S3Bucket: 'vault',
        S3Prefix: 'table',
        'ClientToken.$': '$$.Execution.Name',
      }),
      { table: tableArn(table.name) },
    )
    expect(status).toBe('SUCCEEDED')
    const { ExportArn, ...description } = output.export.ExportDescription
    expect(description).toMatchObject({
      ExportStatus: 'COMPLETED',
      ItemCount: 3,
      ExportTime: expect.stringMatching(/Z$/),
    })
    expect(await itemsOf(ground, await exportEnd(ground, ExportArn))).toEqual(await scan(ground))
  })

  it.each([
    [
      'exportTableToPointInTime',
      { TableArn: tableArn('Bare'), S3Bucket: 'vault' },
      'DynamoDb.PointInTimeRecoveryUnavailableException',
    ],
    ['exportTableToPointInTime', { TableArn: tableArn('None'), S3Bucket: 'vault' }, 'DynamoDb.TableNotFoundException'],
    ['describeExport', { ExportArn: 'none' }, 'DynamoDb.ExportNotFoundException'],
    ['describeTable', { TableName: 'None' }, 'DynamoDb.ResourceNotFoundException'],
    ['exportTableToPointInTime', { TableArn: tableArn(table.name) }, 'DynamoDb.DynamoDbException'],
  ])('%s of %j fails as %s, for Retry and Catch', async (name, Parameters, error) => {
    const failed = await run({ Call: task(name, { Parameters, End: true }) })
    expect(failed).toMatchObject({
      status: 'FAILED',
      error,
      cause: expect.stringContaining('(Service: DynamoDb, Status Code: 4'),
    })
    const Caught = { Type: 'Pass', Result: 'caught', End: true }
    const caught = await run({
      Call: task(name, { Parameters, End: true, Catch: [{ ErrorEquals: [error], Next: 'Caught' }] }),
      Caught,
    })
    expect(caught).toMatchObject({ status: 'SUCCEEDED', output: 'caught' })
  })

  it('does only what the role of its machine may, table by table', async () => {
    mayDo = (action, resource) => action === 'dynamodb:DescribeTable' && resource === tableArn(table.name)
    const allowed = await run({ Call: task('describeTable', { Parameters: { TableName: table.name }, End: true }) })
    expect(allowed).toMatchObject({ status: 'SUCCEEDED', output: { Table: { TableArn: tableArn(table.name) } } })
    const denied = {
      status: 'FAILED',
      error: 'DynamoDb.DynamoDbException',
      cause: expect.stringContaining('is not authorized'),
    }
    expect(await run({ Call: task('describeTable', { Parameters: { TableName: 'Bare' }, End: true }) })).toMatchObject(
      denied,
    )
    expect(
      await run({ Call: task('deleteTable', { Parameters: { TableName: table.name }, End: true }) }),
    ).toMatchObject(denied)
    mayDo = () => true
  })
})
