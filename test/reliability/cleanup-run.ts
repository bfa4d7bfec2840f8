import { stepFailure } from '#functions/edge/step.ts'
import { cleanupDefinition } from '#functions/workflows/cleanup/definition.ts'
import { undoCleanupDefinition } from '#functions/workflows/cleanup/undo-definition.ts'
import type { Machine } from '#infra/local/engines/stepfunctions/machine.ts'
import { runStates } from '#infra/local/engines/stepfunctions/run-states.ts'
import { TaskError } from '#infra/local/engines/stepfunctions/task-error.ts'
import { compareRecords } from '#lib/cleanup/compare-records.ts'
import { endUndo } from '#lib/cleanup/end-undo.ts'
import { evaluateLane } from '#lib/cleanup/evaluate-lane.ts'
import { failRun } from '#lib/cleanup/fail-run.ts'
import type { ReportItem } from '#lib/cleanup/items.ts'
import { planRun } from '#lib/cleanup/plan-run.ts'
import { planUndo } from '#lib/cleanup/plan-undo.ts'
import { purgeRecords } from '#lib/cleanup/purge-records.ts'
import { refreshStale } from '#lib/cleanup/refresh-stale.ts'
import { reportRun } from '#lib/cleanup/report-run.ts'
import { type Lane, runFiles } from '#lib/cleanup/run-files.ts'
import { undoLane } from '#lib/cleanup/undo-lane.ts'
import { CrmError } from '#lib/errors.ts'
import { changeJob, createJob } from '#lib/jobs/job-record.ts'
import type { Files } from '#lib/runtime/files.ts'
import { derivedId } from '#lib/runtime/ids.ts'
import { readRecord } from '#lib/store/read.ts'
import type { JsonObject } from '#schemas/json.ts'
import { run } from '#schemas/system/run.ts'
import type { Deaths } from './cleanup-deaths.ts'
import type { Process } from './cleanup-process.ts'
import { cleanupTime } from './cleanup-world.ts'

type Steps = Record<string, (process: Process, input: JsonObject) => Promise<unknown>>

/** No time left after the first segment or page: each call of a step does one, and is called again for the next. */
const remainingMs = () => 0

/** Runs the cleanup's own definition over its steps' own work, retries after a moment. A run that was begun before goes on. */
export async function runCleanup(
  process: Process,
  { key, dryRun, deaths }: { key: string; dryRun: boolean; deaths: Deaths },
): Promise<{ id: string; writes: Map<string, number> }> {
  const id = await begunRun(process, { key, dryRun })
  const machine = cleanupDefinition(
    namedSteps(['plan', 'evaluateLane', 'compare', 'refresh', 'purge', 'report', 'fail']),
  )
  const writes = await runMachine(process, { machine, steps: cleanupSteps, input: { runId: id }, deaths })
  return { id, writes }
}

/** Undoes a run by its own definition. */
export async function undoCleanup(process: Process, id: string, deaths: Deaths): Promise<Map<string, number>> {
  await changeJob(process.ctx, { object: run, id }, ({ fields }) =>
    fields['state'] === 'undoing' ? undefined : { state: 'undoing' },
  )
  const machine = undoCleanupDefinition(namedSteps(['plan', 'undoLane', 'end']))
  return runMachine(process, { machine, steps: undoSteps, input: { runId: id }, deaths })
}

const cleanupSteps: Steps = {
  plan: ({ ctx, files }, input) => planRun(ctx, files, runOf(input)),
  evaluateLane: ({ ctx, files }, input) =>
    evaluateLane(ctx, files, { ...runOf(input), lane: laneOf(input), remainingMs }),
  compare: ({ ctx, files }, input) => compareRecords(ctx, files, runOf(input)).then(() => input),
  refresh: ({ ctx, files }, input) => refreshStale(ctx, files, runOf(input)).then(() => input),
  purge: async ({ ctx, files }, input) => ({
    ...input,
    ...(await purgeRecords(ctx, files, { ...runOf(input), remainingMs })),
  }),
  report: ({ ctx, files }, input) => reportRun(ctx, files, runOf(input)),
  fail: ({ ctx, files }, input) =>
    failRun(ctx, files, { ...runOf(input), failure: stepFailure.parse(input['failure']) }),
}

const undoSteps: Steps = {
  plan: ({ ctx, files }, input) => planUndo(ctx, files, runOf(input)),
  undoLane: ({ ctx, files }, input) => undoLane(ctx, files, { ...runOf(input), lane: laneOf(input), remainingMs }),
  end: ({ ctx, files }, input) => endUndo(ctx, files, runOf(input)),
}

/** Every item of a run's report. */
export async function readItems(files: Files, id: string): Promise<ReportItem[]> {
  return JSON.parse(await files.readText(runFiles.report(id, 'json'))).items
}

/** The run with that key, begun if it was not. */
export async function begunRun({ ctx }: Process, { key, dryRun }: { key: string; dryRun: boolean }): Promise<string> {
  const id = derivedId('run', { at: new Date(0), seed: key })
  if (await readRecord(ctx.store, id)) return id
  const fields = { kind: 'cleanup', state: 'running', dryRun, startedAt: cleanupTime, requestedBy: 'schedule' }
  await createJob({ ...ctx, ids: { next: () => id } }, run, fields)
  return id
}

type Running = { machine: object; steps: Steps; input: JsonObject; deaths: Deaths }

/** Returns the most writes that a call of each step had. Ends early, and well, when the process has died. */
async function runMachine(process: Process, { machine, steps, input, deaths }: Running): Promise<Map<string, number>> {
  const writes = new Map<string, number>()
  const runTask = async (step: string, given: unknown) => {
    // A function that is killed alone has a process of its own; otherwise all die together.
    const own = deaths.victim === 'function' ? process.spawn() : process
    if (own.isDead()) throw deaths.died(step)
    const before = own.writes()
    try {
      deaths.begin(own, step)
      const output = await steps[step]?.(own, given as JsonObject)
      deaths.end(own, step)
      writes.set(step, Math.max(own.writes() - before, writes.get(step) ?? 0))
      return JSON.parse(JSON.stringify(output ?? {}))
    } catch (error) {
      throw own.isDead() ? deaths.died(step) : new TaskError(nameOf(error), String(error))
    }
  }
  const scope = { context: {}, signal: new AbortController().signal, runTask, record: () => undefined }
  const impatient: Machine = JSON.parse(
    JSON.stringify(machine).replaceAll(/"IntervalSeconds":\d+/g, '"IntervalSeconds":0.05'),
  )
  try {
    await runStates(impatient, input, scope)
  } catch (error) {
    if (!process.isDead()) throw error
  }
  return writes
}

/** The steps by names that stand for their ARNs. */
function namedSteps<const Name extends string>(names: readonly Name[]): Record<Name, string> {
  return Object.fromEntries(names.map(name => [name, name as string])) as Record<Name, string>
}

function runOf(input: JsonObject): { runId: string } {
  return { runId: String(input['runId']) }
}

function laneOf(input: JsonObject): Lane {
  return { object: String(input['object']), shard: Number(input['shard']) }
}

/** As functions/edge/step.ts names errors. */
function nameOf(error: unknown): string {
  if (!(error instanceof CrmError) || error.code === 'internal') return 'Internal'
  return error.code === 'unavailable' ? 'Unavailable' : 'Refused'
}
