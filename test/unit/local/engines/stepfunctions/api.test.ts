import * as sdk from '@aws-sdk/client-sfn'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createAuthorizer } from '#infra/local/engines/iam.ts'
import { clientOptions, errorName, newFolder } from '../support/client-options.ts'
import { addMachine, ended, executionArn, type Fake, lambda, machineArn, startEngine } from '../support/machines.ts'

const task = (name: string, more: Record<string, unknown> = {}) => ({ Type: 'Task', Resource: lambda(name), ...more })
const gates = new Map<string, PromiseWithResolvers<unknown>>()

/** A function that answers when the test opens its gate. */
function gate(name: string): PromiseWithResolvers<unknown> {
  const known = gates.get(name) ?? Promise.withResolvers()
  gates.set(name, known)
  return known
}

const functions: Record<string, Fake> = {
  echo: (payload: unknown) => payload,
  wait: ({ gate: name }: { gate: string }) => gate(name).promise,
}

type Started = Awaited<ReturnType<typeof startEngine>>
let started: Started
const dir = newFolder()

const start = (name: string | undefined, input: unknown = {}, machine = 'waiting') =>
  started.client.send(
    new sdk.StartExecutionCommand({ stateMachineArn: machineArn(machine), name, input: JSON.stringify(input) }),
  )
const waitsThenEchoes = { Wait: { ...task('wait'), ResultPath: null, Next: 'Echo' }, Echo: task('echo', { End: true }) }

beforeAll(async () => {
  started = await startEngine({ dir }, functions)
  addMachine(started.engine, 'waiting', waitsThenEchoes)
  addMachine(started.engine, 'echo', { Echo: task('echo', { End: true }) })
})

afterAll(() => started.engine.stop())

describe('StartExecution', () => {
  it('answers the same execution for a name that runs on the same input, and runs it once', async () => {
    const [first, second] = [await start('twice', { gate: 'twice' }), await start('twice', { gate: 'twice' })]
    expect(second.executionArn).toBe(first.executionArn)
    expect(second.startDate).toEqual(first.startDate)
    expect(await errorName(start('twice', { gate: 'other' }))).toBe('ExecutionAlreadyExists')
    gate('twice').resolve(1)
    expect((await ended(started.client, first.executionArn ?? '')).status).toBe('SUCCEEDED')
    expect(await errorName(start('twice', { gate: 'twice' }))).toBe('ExecutionAlreadyExists')
    expect(started.calls.filter(({ name }) => name === 'wait')).toHaveLength(1)
  })

  it.each<[string, string, Partial<sdk.StartExecutionCommandInput>]>([
    ['a machine that does not exist', 'StateMachineDoesNotExist', { stateMachineArn: machineArn('gone') }],
    ['an ARN that is none', 'InvalidArn', { stateMachineArn: 'import' }],
    ['a name with a space', 'ValidationException', { name: 'a b' }],
    ['a name of 81 characters', 'ValidationException', { name: 'a'.repeat(81) }],
    ['an input that is no JSON', 'InvalidExecutionInput', { input: '{' }],
    ['an input over 256 KB', 'ValidationException', { input: JSON.stringify('x'.repeat(262_144)) }],
  ])('refuses %s with %s', async (_, error, input) => {
    const command = new sdk.StartExecutionCommand({ stateMachineArn: machineArn('echo'), ...input })
    expect(await errorName(started.client.send(command))).toBe(error)
  })

  it('takes an input of exactly 256 KB and gives an execution without a name one', async () => {
    const { executionArn: arn = '' } = await start(undefined, 'x'.repeat(262_142), 'echo')
    expect(await ended(started.client, arn)).toMatchObject({
      status: 'SUCCEEDED',
      name: expect.stringMatching(/^[\da-f-]{36}$/),
    })
  })
})

describe('DescribeExecution', () => {
  it('tells input, output and times, or with METADATA_ONLY the times alone', async () => {
    const { executionArn: arn = '' } = await start('told', { a: '中文' }, 'echo')
    const told = await ended(started.client, arn)
    expect(told).toMatchObject({
      input: '{"a":"中文"}',
      output: '{"a":"中文"}',
      stateMachineArn: machineArn('echo'),
      name: 'told',
    })
    expect(told.stopDate?.getTime()).toBeGreaterThanOrEqual(told.startDate?.getTime() ?? Number.NaN)
    const metadata = await started.client.send(
      new sdk.DescribeExecutionCommand({ executionArn: arn, includedData: 'METADATA_ONLY' }),
    )
    expect([metadata.status, metadata.input, metadata.output]).toEqual(['SUCCEEDED', undefined, undefined])
  })

  it('knows nothing of an execution that never was', async () => {
    const command = new sdk.DescribeExecutionCommand({ executionArn: executionArn('echo', 'never') })
    expect(await errorName(started.client.send(command))).toBe('ExecutionDoesNotExist')
  })
})

describe('StopExecution', () => {
  it('ends an execution at once: what its function still answers starts no further state', async () => {
    const { executionArn: arn = '' } = await start('stopped', { gate: 'stopped' })
    await started.client.send(new sdk.StopExecutionCommand({ executionArn: arn, error: 'Enough', cause: 'of it' }))
    const before = started.calls.filter(({ name }) => name === 'echo').length
    gate('stopped').resolve(1)
    await new Promise(resolve => setTimeout(resolve, 20))
    const stopped = await started.client.send(new sdk.DescribeExecutionCommand({ executionArn: arn }))
    expect(stopped).toMatchObject({ status: 'ABORTED', error: 'Enough', cause: 'of it' })
    expect(started.calls.filter(({ name }) => name === 'echo')).toHaveLength(before)
    expect(started.engine.isIdle()).toBe(true)
  })

  it('leaves an execution that has ended as it is', async () => {
    const { executionArn: arn = '' } = await start('over', {}, 'echo')
    const { stopDate } = await ended(started.client, arn)
    const answer = await started.client.send(new sdk.StopExecutionCommand({ executionArn: arn }))
    expect(answer.stopDate).toEqual(stopDate)
    expect((await ended(started.client, arn)).status).toBe('SUCCEEDED')
  })
})

describe('ListExecutions and GetExecutionHistory', () => {
  it('list by machine and status, newest first and in pages', async () => {
    addMachine(started.engine, 'listed', { Echo: task('echo', { End: true }) })
    for (const name of ['one', 'two', 'three']) {
      const { executionArn: arn = '' } = await start(name, {}, 'listed')
      await ended(started.client, arn)
    }
    const stateMachineArn = machineArn('listed')
    const first = await started.client.send(new sdk.ListExecutionsCommand({ stateMachineArn, maxResults: 2 }))
    const second = await started.client.send(
      new sdk.ListExecutionsCommand({ stateMachineArn, maxResults: 2, nextToken: first.nextToken }),
    )
    const pages = [first, second].map(({ executions }) => executions?.map(({ name }) => name))
    expect(pages.map(names => names?.length)).toEqual([2, 1])
    expect(pages.flat().toSorted()).toEqual(['one', 'three', 'two'])
    const running = await started.client.send(
      new sdk.ListExecutionsCommand({ stateMachineArn, statusFilter: 'RUNNING' }),
    )
    expect(running.executions).toEqual([])
  })

  it('tell step by step what happened, in the words of AWS', async () => {
    const Items = {
      Type: 'Map',
      ItemProcessor: {
        ProcessorConfig: { Mode: 'DISTRIBUTED' },
        StartAt: 'One',
        States: { One: task('echo', { End: true }) },
      },
      Next: 'Broken',
    }
    addMachine(started.engine, 'history', {
      Items,
      Broken: task('missing', { Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Done' }], End: true }),
      Done: { Type: 'Succeed' },
    })
    const { executionArn: arn = '' } = await start('told', [1, 2], 'history')
    await ended(started.client, arn)
    const { events = [] } = await started.client.send(new sdk.GetExecutionHistoryCommand({ executionArn: arn }))
    expect(events.map(({ type }) => type)).toEqual([
      'ExecutionStarted',
      'MapStateEntered',
      'MapRunStarted',
      'MapRunSucceeded',
      'MapStateExited',
      'TaskStateEntered',
      'LambdaFunctionFailed',
      'TaskStateExited',
      'SucceedStateEntered',
      'SucceedStateExited',
      'ExecutionSucceeded',
    ])
    expect(events.map(({ id }) => id)).toEqual(events.map((_, index) => index + 1))
    const last = await started.client.send(
      new sdk.GetExecutionHistoryCommand({ executionArn: arn, reverseOrder: true, maxResults: 1 }),
    )
    expect(last.events?.map(({ type }) => type)).toEqual(['ExecutionSucceeded'])
  })
})

describe('permissions', () => {
  const keyArn = 'arn:aws:kms:eu-central-1:000000000000:key/k'
  const allow = (Action: string | string[], Resource: string) => ({
    Statement: [{ Effect: 'Allow' as const, Action, Resource }],
  })
  let guarded: Started

  beforeAll(async () => {
    const authorize = createAuthorizer({
      Starter: [allow('states:StartExecution', machineArn('echo'))],
      Watcher: [allow('states:DescribeExecution', executionArn('echo', '*'))],
      Reader: [allow('states:DescribeExecution', executionArn('echo', '*')), allow('kms:Decrypt', keyArn)],
      Nobody: [],
      MachineRole: [allow('lambda:InvokeFunction', lambda('echo'))],
    })
    guarded = await startEngine({ dir: newFolder(), authorize }, functions)
    const machine = { roleArn: 'arn:aws:iam::000000000000:role/machine', principal: 'MachineRole', keyArn }
    const define = (name: string) => ({ StartAt: 'A', States: { A: task(name, { End: true }) } })
    for (const [name, used] of [
      ['echo', 'echo'],
      ['greedy', 'wait'],
    ] as const) {
      guarded.engine.addStateMachine({
        ...machine,
        name,
        arn: machineArn(name),
        definition: JSON.stringify(define(used)),
      })
    }
  })

  afterAll(() => guarded.engine.stop())

  const as = (principal: string) => new sdk.SFNClient(clientOptions(guarded.engine.url, principal))
  const startEcho = { stateMachineArn: machineArn('echo'), name: 'one' }
  const describeOne = { executionArn: executionArn('echo', 'one') }

  it('refuse what a caller may not do, and reading data without its key', async () => {
    expect(await errorName(as('Nobody').send(new sdk.StartExecutionCommand(startEcho)))).toBe('AccessDeniedException')
    expect(await errorName(as('Starter').send(new sdk.StartExecutionCommand(startEcho)))).toBe('no error')
    expect(await errorName(as('Starter').send(new sdk.StopExecutionCommand(describeOne)))).toBe('AccessDeniedException')
    expect(await errorName(as('Starter').send(new sdk.DescribeExecutionCommand(describeOne)))).toBe(
      'AccessDeniedException',
    )
    expect(await errorName(as('Watcher').send(new sdk.DescribeExecutionCommand(describeOne)))).toBe(
      'AccessDeniedException',
    )
    const metadata = new sdk.DescribeExecutionCommand({ ...describeOne, includedData: 'METADATA_ONLY' })
    expect(await errorName(as('Watcher').send(metadata))).toBe('no error')
    expect(await errorName(as('Reader').send(new sdk.DescribeExecutionCommand(describeOne)))).toBe('no error')
  })

  it("keep a machine to its role: a function that it does not name fails as on AWS, and isn't called", async () => {
    const command = new sdk.StartExecutionCommand({ stateMachineArn: machineArn('greedy'), name: 'one' })
    const { executionArn: arn = '' } = await guarded.client.send(command)
    const { status, error, cause } = await ended(guarded.client, arn)
    expect([status, error]).toEqual(['FAILED', 'Lambda.AWSLambdaException'])
    expect(cause).toContain('lambda:InvokeFunction')
    expect(guarded.calls.filter(({ name }) => name === 'wait')).toEqual([])
  })
})
