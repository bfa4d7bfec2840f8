import { SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn'
import { mockClient } from 'aws-sdk-client-mock'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { changeJob, createJob } from '#lib/jobs/job-record.ts'
import { undoImport } from '#lib/transfer/imports/undo-import.ts'
import { importJob } from '#schemas/system/import.ts'
import { memoryFiles } from '../../../../support/memory-files.ts'
import { startTables, systemContext, type Tables } from '../../../../support/table.ts'

const workflow = 'arn:aws:states:eu-central-1:123456789012:stateMachine:evergreen-test-undo-import'
const sfn = mockClient(SFNClient)
const startedNames = () => sfn.commandCalls(StartExecutionCommand).map(({ args: [{ input }] }) => input.name)

let tables: Tables
beforeAll(async () => {
  tables = await startTables()
  sfn.on(StartExecutionCommand).resolves({ executionArn: 'arn' })
})
afterAll(() => tables.stop())

it('an undoing asked for again under its Idempotency-Key, after it failed, answers the import and starts nothing', async () => {
  const ctx = systemContext(tables)
  const tools = { files: memoryFiles(), workflow }
  const fields = { state: 'succeeded', dryRun: false, startedAt: '2026-01-01T00:00:00.000Z' }
  const { id } = await createJob(ctx, importJob, fields)
  const keyed = { ...ctx, idempotency: { key: `key-${id}`, requestHash: 'same' } }
  expect(await undoImport(keyed, tools, id)).toMatchObject({ version: 2, state: 'undoing' })
  await changeJob(ctx, { object: importJob, id }, () => ({ state: 'failed' }))
  expect(await undoImport(keyed, tools, id)).toMatchObject({ version: 3, state: 'failed' })
  expect(startedNames()).toEqual([`undo-${id}-2`])
  expect(await undoImport(ctx, tools, id)).toMatchObject({ version: 4, state: 'undoing' })
  expect(startedNames()).toEqual([`undo-${id}-2`, `undo-${id}-4`])
})
