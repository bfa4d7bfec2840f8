import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DescribeExecutionCommand, SFNClient } from '@aws-sdk/client-sfn'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type LocalStack, startStack } from '#infra/local/stack.ts'
import { clientOptions } from './engines/support/client-options.ts'
import { writeSmallAssembly } from './support/small-assembly.ts'

const directory = mkdtempSync(join(tmpdir(), 'evergreen-workflows-'))
const assembly = join(directory, 'cloud')
const dataDir = join(directory, 'data')
const sdk = join(import.meta.dirname, '../../../node_modules/@aws-sdk')

/** `start` starts the workflow; `work`, its step, writes an item or, while the file `hold` exists, never ends. */
const sources = {
  start: `import { SFNClient, StartExecutionCommand } from '${sdk}/client-sfn/dist-cjs/index.js'
    export const handler = async ({ name, items }) => (await new SFNClient({}).send(new StartExecutionCommand({
      stateMachineArn: process.env.WORKFLOW, name, input: JSON.stringify({ items }) }))).executionArn`,
  work: `import { existsSync } from 'node:fs'
    import { DynamoDBClient, PutItemCommand } from '${sdk}/client-dynamodb/dist-cjs/index.js'
    const client = new DynamoDBClient({})
    export const handler = async id => {
      if (id !== 'first' && existsSync('${join(directory, 'hold')}')) await new Promise(() => {})
      await client.send(new PutItemCommand({ TableName: process.env.TABLE, Item: { pk: { S: id }, sk: { S: 'V#1' } } }))
      return id
    }`,
  other: `export const handler = () => 'not for a workflow'`,
}

const attribute = (logicalId: string, name = 'Arn') => ({ 'Fn::GetAtt': [logicalId, name] })
const role = (Action: string, Resource: unknown) => ({
  Type: 'AWS::IAM::Role',
  Properties: {
    Policies: [{ PolicyName: 'uses', PolicyDocument: { Statement: [{ Effect: 'Allow', Action, Resource }] } }],
  },
})
const fn = (name: string, Role: unknown, Variables: Record<string, unknown> = {}) => ({
  Type: 'AWS::Lambda::Function',
  Properties: {
    FunctionName: `small-${name}`,
    Role,
    Code: { S3Bucket: 'assets', S3Key: `${name}.zip` },
    Handler: 'index.handler',
    Runtime: 'nodejs24.x',
    Timeout: 60,
    Environment: { Variables },
  },
})

/** The definition as the CDK writes it: text with references between. */
const definition = (step: string) => {
  const One = { Type: 'Task', Resource: 'THE STEP', End: true }
  const ItemProcessor = {
    ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
    StartAt: 'One',
    States: { One },
  }
  const All = { Type: 'Map', ItemsPath: '$.items', MaxConcurrency: 1, ItemProcessor, End: true }
  const parts = JSON.stringify({ StartAt: 'All', States: { All } }).split('THE STEP')
  return { 'Fn::Join': ['', [parts[0], attribute(step), parts[1]]] }
}

const machine = (name: string, RoleArn: unknown, DefinitionString: unknown) => ({
  Type: 'AWS::StepFunctions::StateMachine',
  Properties: { StateMachineName: name, RoleArn, DefinitionString },
})

const resources = {
  StartRole: role('states:StartExecution', { Ref: 'Machine' }),
  StartFunction: fn('start', attribute('StartRole'), { WORKFLOW: { Ref: 'Machine' } }),
  WorkFunction: fn('work', attribute('Nobody'), { TABLE: { Ref: 'Table' } }),
  OtherFunction: fn('other', attribute('Nobody')),
  MachineRole: role('lambda:InvokeFunction', attribute('WorkFunction')),
  Machine: machine('small-work', attribute('MachineRole'), definition('WorkFunction')),
  GreedyStart: fn('greedy', attribute('GreedyStartRole'), { WORKFLOW: { Ref: 'GreedyMachine' } }),
  GreedyStartRole: role('states:StartExecution', { Ref: 'GreedyMachine' }),
  GreedyMachine: machine('small-greedy', attribute('MachineRole'), definition('OtherFunction')),
}

const start = () => startStack({ assembly, tenant: 'small', dataDir, port: 0 })
const items = async (stack: LocalStack) => (await (await fetch(`${stack.url}/items`)).json()) as string[]
const describeRun = (stack: LocalStack, executionArn: unknown) =>
  new SFNClient(clientOptions(stack.endpoints['sfn'] ?? '')).send(
    new DescribeExecutionCommand({ executionArn: String(executionArn) }),
  )

beforeAll(() => {
  writeSmallAssembly(assembly)
  const stage = join(assembly, 'assembly-small')
  const extend = (file: string, change: (json: Record<string, Record<string, unknown>>) => void) => {
    const json = JSON.parse(readFileSync(join(stage, file), 'utf8'))
    change(json)
    writeFileSync(join(stage, file), JSON.stringify(json))
  }
  extend('all.template.json', json => Object.assign(json['Resources'] ?? {}, resources))
  extend('all.assets.json', json => {
    for (const [name, source] of Object.entries({ ...sources, greedy: sources.start })) {
      mkdirSync(join(assembly, `asset.${name}`), { recursive: true })
      writeFileSync(join(assembly, `asset.${name}`, 'index.mjs'), source)
      Object.assign(json['files'] ?? {}, { [name]: { source: { path: `../asset.${name}` } } })
    }
  })
})

afterAll(() => rmSync(directory, { recursive: true, force: true }))

describe('a workflow of the template', () => {
  it('is started by a function, runs its steps as its role may, and drain waits for its end and what follows', async () => {
    const stack = await start()
    const executionArn = await stack.invoke('small-start', { name: 'one', items: ['a', 'b', 'c'] })
    await stack.drain()
    expect(await describeRun(stack, executionArn)).toMatchObject({ status: 'SUCCEEDED', output: '["a","b","c"]' })
    expect((await items(stack)).toSorted()).toEqual(['a', 'b', 'c', 'seen-a', 'seen-b', 'seen-c'])
    await stack.stop()
  })

  it('fails when its role does not name the function, as on AWS', async () => {
    const stack = await start()
    const executionArn = await stack.invoke('small-greedy', { name: 'one', items: ['a'] })
    await stack.drain()
    expect(await describeRun(stack, executionArn)).toMatchObject({
      status: 'FAILED',
      error: 'States.ExceedToleratedFailureThreshold',
    })
    await stack.stop()
  })

  it('that the end of the stack interrupted goes on with the next start, and loses nothing', async () => {
    const hold = join(directory, 'hold')
    writeFileSync(hold, '')
    const stack = await start()
    const executionArn = await stack.invoke('small-start', { name: 'held', items: ['first', 'second'] })
    await expect.poll(async () => items(stack), { timeout: 20_000 }).toContain('first')
    await stack.stop()

    rmSync(hold)
    const again = await start()
    await again.drain()
    expect((await describeRun(again, executionArn)).status).toBe('SUCCEEDED')
    expect(await items(again)).toEqual(expect.arrayContaining(['first', 'second', 'seen-second']))
    await again.stop()
  })
})
