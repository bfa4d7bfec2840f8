import { SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn'
import { mockClient } from 'aws-sdk-client-mock'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { changeJob, createJob } from '#lib/jobs/job-record.ts'
import { cancelRun } from '#lib/maintenance/cancel-run.ts'
import { startRun } from '#lib/maintenance/start-run.ts'
import { undoRun } from '#lib/maintenance/undo-run.ts'
import { readRecord } from '#lib/store/read.ts'
import { run } from '#schemas/system/run.ts'
import { startTables, systemContext, type Tables, toldBy } from '../../../support/table.ts'

const workflow = 'arn:aws:states:eu-central-1:123456789012:stateMachine:evergreen-test-cleanup'
const sfn = mockClient(SFNClient)
/** Names of executions that have ended. */
const over = new Set<string | undefined>()
/** As AWS has it: the name of an execution that has ended is taken. */
const answer = ({ name }: { name?: string }) => {
  if (over.has(name)) throw Object.assign(new Error('taken'), { name: 'ExecutionAlreadyExists' })
  return { executionArn: 'arn' }
}
const startedNames = () => sfn.commandCalls(StartExecutionCommand).map(({ args: [{ input }] }) => input.name)

let tables: Tables
beforeAll(async () => {
  tables = await startTables()
})
afterAll(() => tables.stop())
beforeEach(() => {
  sfn.reset()
  over.clear()
  sfn.on(StartExecutionCommand).callsFake(answer)
})

const ctx = () => systemContext(tables)
const fieldsOf = async (id: string) => (await readRecord(ctx().store, id))?.fields
const lost = () => Object.assign(new Error('away'), { name: 'TimeoutError' })
/** A new run whose process died before it could start its execution. */
const unstarted = async () =>
  (await createJob(ctx(), run, { kind: 'cleanup', state: 'running', dryRun: false, startedAt: '2026-01-01' })).id
const scheduled = (key: string) => ({ kind: 'cleanup', dryRun: false, requestedBy: 'schedule', key }) as const

it('a moment of the schedule is one run, however often it is delivered', async () => {
  const runs = await Promise.all([1, 2, 3].map(() => startRun(ctx(), { workflow }, scheduled('2026-11-22T02:00:00Z'))))
  const later = await startRun(ctx(), { workflow }, scheduled('2026-11-29T02:00:00Z'))
  const ids = new Set(runs.map(({ id }) => id))
  expect(ids.size).toBe(1)
  expect(ids).not.toContain(later.id)
  expect(new Set(startedNames())).toEqual(new Set([...ids, later.id].map(id => `${id}-1`)))
})

it('a run that has ended is not started again by its moment', async () => {
  const { id } = await startRun(ctx(), { workflow }, scheduled('ended'))
  await changeJob(ctx(), { object: run, id }, () => ({ state: 'succeeded' }))
  sfn.resetHistory()
  expect((await startRun(ctx(), { workflow }, scheduled('ended'))).fields['state']).toBe('succeeded')
  expect(startedNames()).toEqual([])
})

it('a run whose workflow could not be started says so, and starts when its moment is delivered again', async () => {
  sfn.on(StartExecutionCommand).rejectsOnce(lost()).callsFake(answer)
  await expect(startRun(ctx(), { workflow }, scheduled('away'))).rejects.toThrow()
  const [first = ''] = startedNames()
  const id = first.replace(/-1$/, '')
  expect(await fieldsOf(id)).toMatchObject({ state: 'failed', failure: { code: 'not_started' } })
  const again = await startRun(ctx(), { workflow }, scheduled('away'))
  expect(again).toMatchObject({ id, version: 3, fields: { state: 'running', failure: null } })
  expect(startedNames()).toEqual([first, `${id}-3`])
})

it('a run whose start took effect though its answer was lost really starts when its moment is delivered again', async () => {
  sfn.on(StartExecutionCommand).rejectsOnce(lost()).callsFake(answer)
  await expect(startRun(ctx(), { workflow }, scheduled('lost'))).rejects.toThrow()
  const [first = ''] = startedNames()
  const id = first.replace(/-1$/, '')
  // That execution found the run failed, did nothing, and reported so.
  over.add(first)
  await changeJob(ctx(), { object: run, id }, () => ({ endedAt: '2026-01-01T00:00:00.000Z', report: { counts: {} } }))
  const again = await startRun(ctx(), { workflow }, scheduled('lost'))
  expect(again.fields).toMatchObject({ state: 'running', failure: null, endedAt: null, report: null })
  expect(over).not.toContain(startedNames().at(-1))
})

it('an end that came before the start was known to have failed stays', async () => {
  sfn.on(StartExecutionCommand).callsFakeOnce(async ({ input }) => {
    await changeJob(ctx(), { object: run, id: JSON.parse(input).runId }, () => ({ state: 'succeeded' }))
    throw lost()
  })
  await expect(startRun(ctx(), { workflow }, scheduled('quick'))).rejects.toThrow()
  const again = await startRun(ctx(), { workflow }, scheduled('quick'))
  expect(again).toMatchObject({ version: 2, fields: { state: 'succeeded' } })
  expect(again.fields).not.toHaveProperty('failure')
})

it('a run that was undone is not started again by its moment', async () => {
  sfn.on(StartExecutionCommand).rejectsOnce(lost()).callsFake(answer)
  await expect(startRun(ctx(), { workflow }, scheduled('undone'))).rejects.toThrow()
  const id = startedNames()[0]?.replace(/-1$/, '') ?? ''
  await changeJob(ctx(), { object: run, id }, () => ({ state: 'undone' }))
  expect((await startRun(ctx(), { workflow }, scheduled('undone'))).fields['state']).toBe('undone')
})

it('canceling finds the execution that lives, and starts one to end the run where none does', async () => {
  const { id } = await startRun(ctx(), { workflow }, { kind: 'cleanup', dryRun: false, requestedBy: 'user_1' })
  await cancelRun(ctx(), { workflow }, id)
  expect(startedNames()).toEqual([`${id}-1`, `${id}-1`])
  sfn.resetHistory()
  over.add(`${id}-1`)
  expect((await cancelRun(ctx(), { workflow }, id)).fields['state']).toBe('canceling')
  expect(startedNames()).toEqual([`${id}-1`, `${id}-2`])
  sfn.resetHistory()
  const never = await unstarted()
  await cancelRun(ctx(), { workflow }, never)
  expect(startedNames()).toEqual([`${never}-1`])
})

it.each([
  ['cancel', cancelRun, 'running', 'canceled'],
  ['undo', undoRun, 'succeeded', 'failed'],
] as const)(
  'to %s again under the same Idempotency-Key, after its end, answers the run and starts nothing',
  async (_, act, from, to) => {
    const id = await unstarted()
    await changeJob(ctx(), { object: run, id }, () => ({ state: from }))
    const keyed = { ...ctx(), idempotency: { key: `key-${id}`, requestHash: 'same' } }
    expect((await act(keyed, { workflow }, id)).version).toBe(3)
    await changeJob(ctx(), { object: run, id }, () => ({ state: to }))
    sfn.resetHistory()
    expect(await act(keyed, { workflow }, id)).toMatchObject({ version: 4, fields: { state: to } })
    expect(startedNames()).toEqual([])
    expect(await readRecord(ctx().store, id)).toMatchObject({ version: 4, fields: { state: to } })
  },
)

it('a run is canceled while it runs, and undone once it has ended, each under a name that starts once', async () => {
  const { id } = await startRun(ctx(), { workflow }, { kind: 'cleanup', dryRun: false, requestedBy: 'user_1' })
  expect(await toldBy(undoRun(ctx(), { workflow }, id))).toEqual(['validation_failed', ' invalid_state'])
  for (const _ of [1, 2]) expect((await cancelRun(ctx(), { workflow }, id)).fields['state']).toBe('canceling')
  await changeJob(ctx(), { object: run, id }, () => ({ state: 'canceled' }))
  sfn.resetHistory()
  const [first, second] = [await undoRun(ctx(), { workflow }, id), await undoRun(ctx(), { workflow }, id)]
  expect(first.version).toBe(second.version)
  expect(startedNames()).toEqual([`undo-${id}-${first.version}`, `undo-${id}-${first.version}`])
})
