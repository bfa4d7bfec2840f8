import { SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn'
import { mockClient } from 'aws-sdk-client-mock'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { changeJob } from '#lib/jobs/job-record.ts'
import { cancelRun } from '#lib/maintenance/cancel-run.ts'
import { startRun } from '#lib/maintenance/start-run.ts'
import { undoRun } from '#lib/maintenance/undo-run.ts'
import { readRecord } from '#lib/store/read.ts'
import { run } from '#schemas/system/run.ts'
import { startTables, systemContext, type Tables, toldBy } from '../../../support/table.ts'

const workflow = 'arn:aws:states:eu-central-1:123456789012:stateMachine:evergreen-test-cleanup'
const sfn = mockClient(SFNClient)
const startedNames = () => sfn.commandCalls(StartExecutionCommand).map(({ args: [{ input }] }) => input.name)

let tables: Tables
beforeAll(async () => {
  tables = await startTables()
})
afterAll(() => tables.stop())
beforeEach(() => {
  sfn.reset()
  sfn.on(StartExecutionCommand).resolves({ executionArn: 'arn' })
})

const ctx = () => systemContext(tables)
const scheduled = (key: string) => ({ kind: 'cleanup', dryRun: false, requestedBy: 'schedule', key }) as const

it('a moment of the schedule is one run, however often it is delivered', async () => {
  const runs = await Promise.all([1, 2, 3].map(() => startRun(ctx(), { workflow }, scheduled('2026-11-22T02:00:00Z'))))
  const later = await startRun(ctx(), { workflow }, scheduled('2026-11-29T02:00:00Z'))
  const ids = new Set(runs.map(({ id }) => id))
  expect(ids.size).toBe(1)
  expect(ids).not.toContain(later.id)
  expect(new Set(startedNames())).toEqual(new Set([...ids, later.id]))
})

it('a run that has ended is not started again by its moment', async () => {
  const { id } = await startRun(ctx(), { workflow }, scheduled('ended'))
  await changeJob(ctx(), { object: run, id }, () => ({ state: 'succeeded' }))
  sfn.resetHistory()
  expect((await startRun(ctx(), { workflow }, scheduled('ended'))).fields['state']).toBe('succeeded')
  expect(startedNames()).toEqual([])
})

it('a run whose workflow could not be started says so, and starts when its moment is delivered again', async () => {
  sfn
    .on(StartExecutionCommand)
    .rejectsOnce(Object.assign(new Error('away'), { name: 'TimeoutError' }))
    .resolves({ executionArn: 'arn' })
  await expect(startRun(ctx(), { workflow }, scheduled('away'))).rejects.toThrow()
  const [failed] = startedNames()
  expect((await readRecord(ctx().store, failed ?? ''))?.fields).toMatchObject({
    state: 'failed',
    failure: { code: 'not_started' },
  })
  const again = await startRun(ctx(), { workflow }, scheduled('away'))
  expect(again).toMatchObject({ id: failed, fields: { state: 'running' } })
  expect(startedNames()).toEqual([failed, failed])
})

it('a run is canceled while it runs, and undone once it has ended, each under a name that starts once', async () => {
  const { id } = await startRun(ctx(), { workflow }, { kind: 'cleanup', dryRun: false, requestedBy: 'user_1' })
  expect(await toldBy(undoRun(ctx(), { workflow }, id))).toEqual(['validation_failed', ' invalid_state'])
  expect((await cancelRun(ctx(), id)).fields['state']).toBe('canceling')
  expect((await cancelRun(ctx(), id)).fields['state']).toBe('canceling')
  await changeJob(ctx(), { object: run, id }, () => ({ state: 'canceled' }))
  sfn.resetHistory()
  const [first, second] = [await undoRun(ctx(), { workflow }, id), await undoRun(ctx(), { workflow }, id)]
  expect(first.version).toBe(second.version)
  expect(startedNames()).toEqual([`undo-${id}-${first.version}`, `undo-${id}-${first.version}`])
})
