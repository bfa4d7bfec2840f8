import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CreateScheduleCommand, GetScheduleCommand, SchedulerClient, type Target } from '@aws-sdk/client-scheduler'
import { ListExecutionsCommand, SFNClient } from '@aws-sdk/client-sfn'
import { ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type LocalStack, startStack } from '#infra/local/stack.ts'
import { clientOptions } from './engines/support/client-options.ts'
import { writeSmallAssembly } from './support/small-assembly.ts'

const directory = mkdtempSync(join(tmpdir(), 'evergreen-schedules-'))
const assembly = join(directory, 'cloud')
const dataDir = join(directory, 'data')
const sdk = join(import.meta.dirname, '../../../node_modules/@aws-sdk')

/** `tick` writes an item by the id it is called with; `broken` fails. */
const sources = {
  tick: `import { DynamoDBClient, PutItemCommand } from '${sdk}/client-dynamodb/dist-cjs/index.js'
    export const handler = ({ id }) => new DynamoDBClient({}).send(
      new PutItemCommand({ TableName: process.env.TABLE, Item: { pk: { S: id }, sk: { S: 'A' } } }))`,
  broken: `export const handler = () => { throw new TypeError('broken it is') }`,
}

const attribute = (logicalId: string, name = 'Arn') => ({ 'Fn::GetAtt': [logicalId, name] })
const fn = (name: string) => ({
  Type: 'AWS::Lambda::Function',
  Properties: {
    FunctionName: `small-${name}`,
    Role: attribute('Nobody'),
    Code: { S3Bucket: 'assets', S3Key: `${name}.zip` },
    Handler: 'index.handler',
    Runtime: 'nodejs24.x',
    Timeout: 10,
    Environment: { Variables: { TABLE: { Ref: 'Table' } } },
  },
})
const allow = (Action: string, ...Resource: unknown[]) => ({ Effect: 'Allow', Action, Resource })

const resources = {
  TickFunction: fn('tick'),
  BrokenFunction: fn('broken'),
  Letters: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'small-letters' } },
  Machine: {
    Type: 'AWS::StepFunctions::StateMachine',
    Properties: {
      StateMachineName: 'small-pass',
      RoleArn: attribute('Nobody'),
      DefinitionString: JSON.stringify({ StartAt: 'Pass', States: { Pass: { Type: 'Pass', End: true } } }),
    },
  },
  Group: { Type: 'AWS::Scheduler::ScheduleGroup', Properties: { Name: 'small' } },
  Daily: {
    Type: 'AWS::Scheduler::Schedule',
    Properties: {
      Name: 'daily',
      GroupName: { Ref: 'Group' },
      ScheduleExpression: 'cron(0 2 * * ? *)',
      ScheduleExpressionTimezone: 'Asia/Shanghai',
      FlexibleTimeWindow: { Mode: 'OFF' },
      Target: { Arn: attribute('TickFunction'), RoleArn: attribute('Starter'), Input: '{"id":"daily"}' },
    },
  },
  Starter: {
    Type: 'AWS::IAM::Role',
    Properties: {
      RoleName: 'starter',
      AssumeRolePolicyDocument: { Statement: [{ Principal: { Service: 'scheduler.amazonaws.com' } }] },
      Policies: [
        {
          PolicyName: 'uses',
          PolicyDocument: {
            Statement: [
              allow('lambda:InvokeFunction', attribute('TickFunction'), attribute('BrokenFunction')),
              allow('sqs:SendMessage', attribute('Letters')),
              allow('states:StartExecution', { Ref: 'Machine' }),
              allow('events:PutEvents', attribute('Bus')),
            ],
          },
        },
      ],
    },
  },
}

const region = 'eu-west-1'
const arn = (service: string, rest: string) => `arn:aws:${service}:${region}:000000000000:${rest}`
const start = () => startStack({ assembly, tenant: 'small', dataDir, port: 0 })
const items = async (stack: LocalStack) => (await (await fetch(`${stack.url}/items`)).json()) as string[]
const clientTo = (stack: LocalStack, service: string) => ({ ...clientOptions(stack.endpoints[service] ?? ''), region })

/** Makes a schedule that runs at once, and then every hour; or once, at a time in UTC. */
const schedule = (stack: LocalStack, Name: string, more: Partial<Target>, ScheduleExpression = 'rate(1 hour)') =>
  new SchedulerClient(clientTo(stack, 'scheduler')).send(
    new CreateScheduleCommand({
      Name,
      ScheduleExpression,
      FlexibleTimeWindow: { Mode: 'OFF' },
      Target: { Arn: arn('lambda', 'function:small-tick'), RoleArn: 'arn:aws:iam::000000000000:role/starter', ...more },
    }),
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
    for (const [name, source] of Object.entries(sources)) {
      mkdirSync(join(assembly, `asset.${name}`), { recursive: true })
      writeFileSync(join(assembly, `asset.${name}`, 'index.mjs'), source)
      Object.assign(json['files'] ?? {}, { [name]: { source: { path: `../asset.${name}` } } })
    }
  })
})

afterAll(() => rmSync(directory, { recursive: true, force: true }))

describe('EventBridge Scheduler in the stack', () => {
  let stack: LocalStack

  beforeAll(async () => {
    stack = await start()
  })
  afterAll(() => stack.stop())

  const received = async () => {
    const QueueUrl = `${stack.endpoints['sqs']}/000000000000/small-letters`
    const input = { QueueUrl, MessageAttributeNames: ['All'], MaxNumberOfMessages: 10 }
    const { Messages = [] } = await new SQSClient(clientTo(stack, 'sqs')).send(new ReceiveMessageCommand(input))
    return Messages
  }

  it("has the template's groups and schedules, their names resolved", async () => {
    const client = new SchedulerClient(clientTo(stack, 'scheduler'))
    expect(await client.send(new GetScheduleCommand({ GroupName: 'small', Name: 'daily' }))).toMatchObject({
      Arn: arn('scheduler', 'schedule/small/daily'),
      ScheduleExpression: 'cron(0 2 * * ? *)',
      Target: { Arn: arn('lambda', 'function:small-tick'), RoleArn: 'arn:aws:iam::000000000000:role/starter' },
    })
  })

  it('invokes a function', async () => {
    await schedule(stack, 'function', { Input: '{"id":"ticked"}' })
    await expect.poll(() => items(stack), { timeout: 20_000 }).toContain('ticked')
  })

  it('puts an event on a bus', async () => {
    const EventBridgeParameters = { DetailType: 'Ticked', Source: 'test' }
    await schedule(stack, 'event', {
      Arn: arn('events', 'event-bus/small'),
      EventBridgeParameters,
      Input: '{"id":"event"}',
    })
    await expect.poll(() => items(stack), { timeout: 20_000 }).toContain('seen-event')
  })

  it('starts a workflow', async () => {
    const stateMachineArn = arn('states', 'stateMachine:small-pass')
    await schedule(stack, 'workflow', { Arn: stateMachineArn, Input: '{}' })
    const client = new SFNClient(clientTo(stack, 'sfn'))
    const runs = async () => (await client.send(new ListExecutionsCommand({ stateMachineArn }))).executions?.length
    await expect.poll(runs, { timeout: 20_000 }).toBe(1)
  })

  it('sends a message', async () => {
    await schedule(stack, 'message', { Arn: arn('sqs', 'small-letters'), Input: 'hello 你好' })
    await expect
      .poll(async () => (await received()).map(({ Body }) => Body), { timeout: 20_000 })
      .toEqual(['hello 你好'])
  })

  it.each([
    ['failed', 'function:small-broken', { code: 'Lambda.TypeError', retries: '0' }],
    ['gone', 'function:small-gone', { code: 'AccessDeniedException', retries: '0' }],
  ])('sets a run aside whose function %s', async (name, target, { code, retries }) => {
    const RetryPolicy = { MaximumRetryAttempts: 0 }
    const DeadLetterConfig = { Arn: arn('sqs', 'small-letters') }
    await schedule(stack, name, { Arn: arn('lambda', target), Input: `"${name}"`, RetryPolicy, DeadLetterConfig })
    const letters = async () =>
      (await received()).map(({ Body, MessageAttributes: told = {} }) => ({
        body: Body,
        code: told['ERROR_CODE']?.StringValue,
        retries: told['RETRY_ATTEMPTS']?.StringValue,
      }))
    await expect.poll(letters, { timeout: 20_000 }).toEqual([{ body: `"${name}"`, code, retries }])
  })

  it('refuses a role that does not trust it', async () => {
    const RoleArn = 'arn:aws:iam::000000000000:role/Nobody'
    await expect(schedule(stack, 'untrusted', { RoleArn })).rejects.toThrow('allow AWS EventBridge Scheduler to assume')
  })
})

it('what was to run once runs after a restart, whether its time went by meanwhile or not', async () => {
  const before = await start()
  // Two seconds: later than this call, and soon after the restart at most.
  const soon = new Date(Date.now() + 2_000).toISOString().slice(0, 19)
  await schedule(before, 'once', { Input: '{"id":"once"}' }, `at(${soon})`)
  await before.stop()
  const after = await start()
  await expect.poll(() => items(after), { timeout: 20_000 }).toContain('once')
  await after.drain()
  await after.stop()
})
