import { ExecutionLimitExceeded, KmsThrottlingException, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn'
import { mockClient } from 'aws-sdk-client-mock'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { startWorkflow } from '#lib/runtime/workflows.ts'
import { newFolder } from '../../local/engines/support/client-options.ts'
import {
  addMachine,
  ended,
  executionArn,
  lambda,
  machineArn,
  startEngine,
} from '../../local/engines/support/machines.ts'

let started: Awaited<ReturnType<typeof startEngine>>
const finish = Promise.withResolvers<void>()

beforeAll(async () => {
  started = await startEngine({ dir: newFolder() }, { work: () => finish.promise })
  addMachine(started.engine, 'import', {
    Work: { Type: 'Task', Resource: lambda('work'), ResultPath: null, End: true },
  })
  vi.stubEnv('AWS_ENDPOINT_URL_SFN', started.engine.url)
  vi.stubEnv('AWS_REGION', 'eu-central-1')
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'local')
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'local')
})

afterAll(async () => {
  vi.unstubAllEnvs()
  await started.engine.stop()
})

describe('starting a workflow', () => {
  const start = (input: unknown) => startWorkflow(machineArn('import'), { name: 'imp_1', input })

  it('runs it once under a name: started again while it runs, after its end, or with another input, it answers that run', async () => {
    const arn = executionArn('import', 'imp_1')
    const live = { arn, isTaken: false }
    expect(await Promise.all([start({ 公司: 1 }), start({ 公司: 1 })])).toEqual([live, live])
    expect(await start({ 公司: 2 })).toEqual({ arn, isTaken: true })
    finish.resolve()
    expect(await ended(started.client, arn)).toMatchObject({ status: 'SUCCEEDED', output: '{"公司":1}' })
    expect(await start({ 公司: 1 })).toEqual({ arn, isTaken: true })
    expect(started.calls).toHaveLength(1)
  })

  it('says which workflow is missing', async () => {
    await expect(startWorkflow(machineArn('gone'), { name: 'x', input: {} })).rejects.toThrow(machineArn('gone'))
  })

  it.each([
    ['has no room for another run', new ExecutionLimitExceeded({ message: 'full', $metadata: {} })],
    ['is throttled by KMS', new KmsThrottlingException({ message: 'slow down', $metadata: {} })],
    ['breaks', Object.assign(new Error('oops'), { $metadata: { httpStatusCode: 500 } })],
  ])('is unavailable while Step Functions %s', async (_, error) => {
    const mock = mockClient(SFNClient)
    mock.on(StartExecutionCommand).rejects(error)
    await expect(start({})).rejects.toMatchObject({ code: 'unavailable' })
    mock.restore()
  })
})
