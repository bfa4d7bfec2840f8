import { fork } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as sdk from '@aws-sdk/client-sfn'
import { describe, expect, it } from 'vitest'
import { openExecutionStore } from '#infra/local/engines/stepfunctions/execution-store.ts'
import { errorName, newFolder } from '../support/client-options.ts'
import { addMachine, ended, executionArn, type Fake, lambda, machineArn, startEngine } from '../support/machines.ts'

const task = (name: string, more: Record<string, unknown> = {}) => ({ Type: 'Task', Resource: lambda(name), ...more })
const waitsThenEchoes = { Wait: { ...task('wait'), ResultPath: null, Next: 'Echo' }, Echo: task('echo', { End: true }) }
const never = () => new Promise(() => {})
const functions: Record<string, Fake> = { echo: (payload: unknown) => payload }

describe('the end of the process', () => {
  it('by stop leaves an execution running for the next start, which begins it anew on the same input', async () => {
    const folder = newFolder()
    const first = await startEngine({ dir: folder }, { ...functions, wait: never })
    addMachine(first.engine, 'waiting', waitsThenEchoes)
    const command = new sdk.StartExecutionCommand({
      stateMachineArn: machineArn('waiting'),
      name: 'x',
      input: '{"gate":"x"}',
    })
    const { executionArn: arn = '', startDate } = await first.client.send(command)
    await first.engine.stop()

    const second = await startEngine({ dir: folder }, { ...functions, wait: () => 1 })
    addMachine(second.engine, 'waiting', waitsThenEchoes)
    expect(second.engine.isIdle()).toBe(true)
    second.engine.resume()
    second.engine.resume()
    const end = await ended(second.client, arn)
    expect(end).toMatchObject({ status: 'SUCCEEDED', output: '{"gate":"x"}', startDate })
    expect(second.calls.map(({ name }) => name)).toEqual(['wait', 'echo'])
    const { events = [] } = await second.client.send(new sdk.GetExecutionHistoryCommand({ executionArn: arn }))
    expect(events.filter(({ type }) => type === 'ExecutionStarted')).toHaveLength(1)
    await second.engine.stop()
  })

  it('by kill -9 in a Map loses nothing: all items run, those before the kill for a second time', async () => {
    const folder = newFolder()
    const script = join(folder, 'killed.ts')
    const engineFile = join(
      import.meta.dirname,
      '../../../../../infra/local/engines/stepfunctions/start-stepfunctions.ts',
    )
    writeFileSync(script, killedScript(engineFile, folder))
    const child = fork(script, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
    const [seen] = await once(child, 'message')
    child.kill('SIGKILL')
    await once(child, 'exit')
    expect(seen).toEqual([1, 2])

    const next = await startEngine({ dir: folder }, functions)
    next.engine.addStateMachine({ ...mapMachine, definition: JSON.stringify(mapMachine.definition) })
    expect(
      (await next.client.send(new sdk.DescribeExecutionCommand({ executionArn: executionArn('map', 'killed') })))
        .status,
    ).toBe('RUNNING')
    expect(next.engine.isIdle()).toBe(true)
    next.engine.resume()
    const { status, output } = await ended(next.client, executionArn('map', 'killed'))
    expect([status, output]).toEqual(['SUCCEEDED', '[1,2,3,4]'])
    expect(next.calls.map(({ payload }) => payload).toSorted()).toEqual([1, 2, 3, 4])
    await next.engine.stop()
  })

  it.each([
    [89, 'ExecutionAlreadyExists'],
    [91, 'no error'],
  ])('and %i days later, the name of an execution that ended: %s', async (days, expected) => {
    const folder = newFolder()
    const arn = executionArn('echo', 'old')
    const endedAt = Date.now() - days * 86_400_000
    const store = openExecutionStore(folder)
    store.add(arn, machineArn('echo'), 'old', '{}', endedAt)
    store.end('SUCCEEDED', '{}', null, null, endedAt, arn)
    store.close()
    const { engine, client } = await startEngine({ dir: folder }, functions)
    addMachine(engine, 'echo', { Echo: task('echo', { End: true }) })
    const command = new sdk.StartExecutionCommand({ stateMachineArn: machineArn('echo'), name: 'old' })
    expect(await errorName(client.send(command))).toBe(expected)
    await engine.stop()
  })

  it('of a machine that the template no longer has ends its executions', async () => {
    const folder = newFolder()
    const first = await startEngine({ dir: folder }, { wait: never })
    addMachine(first.engine, 'waiting', waitsThenEchoes)
    const command = new sdk.StartExecutionCommand({
      stateMachineArn: machineArn('waiting'),
      name: 'x',
      input: '{"gate":"x"}',
    })
    const { executionArn: arn = '' } = await first.client.send(command)
    await first.engine.stop()
    const second = await startEngine({ dir: folder }, {})
    second.engine.resume()
    expect(await ended(second.client, arn)).toMatchObject({ status: 'ABORTED', error: 'StateMachineDeleted' })
    await second.engine.stop()
  })
})

const mapMachine = {
  arn: machineArn('map'),
  name: 'map',
  roleArn: 'arn:aws:iam::000000000000:role/machine',
  principal: 'MachineRole',
  keyArn: undefined,
  definition: {
    StartAt: 'Items',
    States: {
      Items: {
        Type: 'Map',
        MaxConcurrency: 2,
        ItemProcessor: {
          ProcessorConfig: { Mode: 'DISTRIBUTED' },
          StartAt: 'One',
          States: { One: task('echo', { End: true }) },
        },
        End: true,
      },
    },
  },
}

/** Runs a map of four items, two at a time, whose functions never answer; reports the first two items. */
function killedScript(engine: string, folder: string): string {
  const machine = JSON.stringify({ ...mapMachine, definition: JSON.stringify(mapMachine.definition) })
  return `import { startStepFunctions } from '${engine}'
    import { SFNClient, StartExecutionCommand } from '${import.meta.resolve('@aws-sdk/client-sfn')}'
    const seen = []
    const invoke = (_arn, item) => new Promise(() => { seen.push(item); if (seen.length === 2) process.send(seen) })
    const engine = await startStepFunctions({ dir: '${folder}', region: 'eu-central-1', invoke })
    engine.addStateMachine(${machine})
    const client = new SFNClient({ endpoint: engine.url, region: 'eu-central-1', credentials: { accessKeyId: 'local', secretAccessKey: 'local' } })
    await client.send(new StartExecutionCommand({ stateMachineArn: '${machineArn('map')}', name: 'killed', input: '[1,2,3,4]' }))
    setInterval(() => {}, 1e6)`
}
