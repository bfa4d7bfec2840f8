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
import { runFiles } from '#lib/cleanup/run-files.ts'
import { undoLane } from '#lib/cleanup/undo-lane.ts'
import { CrmError } from '#lib/errors.ts'
import { changeJob } from '#lib/jobs/job-record.ts'
import { compileObject } from '#lib/records/compile.ts'
import { firstVersion } from '#lib/records/next-state.ts'
import { writeRecord } from '#lib/records/write.ts'
import type { Context } from '#lib/runtime/context.ts'
import type { Files } from '#lib/runtime/files.ts'
import type { CleanupReport } from '#schemas/api/maintenance.ts'
import type { JsonObject } from '#schemas/json.ts'
import { run } from '#schemas/system/run.ts'
import type { Fault } from './import-run.ts'

/** A run's report file. */
export type ReportFile = { run: JsonObject; items: ReportItem[]; report: CleanupReport }

/** Writes the record of a run that has started, as the API does before its workflow begins. */
export async function startedRun(ctx: Context, { dryRun = false }: { dryRun?: boolean } = {}): Promise<string> {
  const at = ctx.clock.now().toISOString()
  const fields = { kind: 'cleanup', state: 'running', dryRun, startedAt: at, requestedBy: ctx.actor.id }
  const after = firstVersion({ id: ctx.ids.next('run'), object: 'run', fields }, { at, by: ctx.actor.id })
  const object = compileObject(run, ctx.tenant)
  const { id } = await writeRecord(ctx, async () => ({ object, before: undefined, after, action: 'created' }), {})
  return id
}

type Ran = { error: string | undefined; ran: string[] }
type Steps = Record<string, (input: JsonObject) => Promise<unknown>>

const remainingMs = () => 900_000
const laneOf = (input: JsonObject) => ({ object: String(input['object']), shard: Number(input['shard']) })

/** Runs the cleanup's own definition over the steps' own work, retries without waiting. */
export function runCleanupWorkflow(
  ctx: Context,
  files: Files,
  { id, fault = () => undefined, segmentSize = 2_000 }: { id: string; fault?: Fault; segmentSize?: number },
): Promise<Ran> {
  const steps: Steps = {
    plan: () => planRun(ctx, files, { runId: id }),
    evaluateLane: input => evaluateLane(ctx, files, { runId: id, lane: laneOf(input), remainingMs, segmentSize }),
    compare: async input => {
      await compareRecords(ctx, files, { runId: id })
      return input
    },
    refresh: async input => {
      await refreshStale(ctx, files, { runId: id })
      return input
    },
    purge: async input => ({ ...input, ...(await purgeRecords(ctx, files, { runId: id, remainingMs })) }),
    report: () => reportRun(ctx, files, { runId: id }),
    fail: input => failRun(ctx, files, { runId: id, failure: failureIn(input) }),
  }
  const names = ['plan', 'evaluateLane', 'compare', 'refresh', 'purge', 'report', 'fail'] as const
  return runDefinition(cleanupDefinition(arns(names)), { steps, fault, input: { runId: id } })
}

/** Marks a run as being undone and runs the definition that undoes it. */
export async function runUndoWorkflow(
  ctx: Context,
  files: Files,
  { id, fault = () => undefined }: { id: string; fault?: Fault },
): Promise<Ran> {
  await changeJob(ctx, { object: run, id }, () => ({ state: 'undoing' }))
  const steps: Steps = {
    plan: () => planUndo(ctx, files, { runId: id }),
    undoLane: input => undoLane(ctx, files, { runId: id, lane: laneOf(input), remainingMs }),
    end: async input => {
      const failure = 'failure' in input ? { code: 'undo_failed', detail: failureIn(input).message } : undefined
      await endUndo(ctx, files, { runId: id, ...(failure && { failure }) })
    },
  }
  return runDefinition(undoCleanupDefinition(arns(['plan', 'undoLane', 'end'])), { steps, fault, input: { runId: id } })
}

/** The report of a run, with every item. */
export async function reportFile(files: Files, id: string): Promise<ReportFile> {
  return JSON.parse(await files.readText(runFiles.report(id, 'json')))
}

async function runDefinition(
  definition: object,
  { steps, fault, input }: { steps: Steps; fault: Fault; input: JsonObject },
): Promise<Ran> {
  const ran: string[] = []
  const runTask = async (resource: string, given: unknown) => {
    ran.push(resource)
    const failure = fault(resource, ran.filter(each => each === resource).length)
    if (failure) throw new TaskError(failure.name, failure.message)
    const output = await steps[resource]?.(given as JsonObject).catch(error => {
      throw new TaskError(nameOf(error), error.message)
    })
    return JSON.parse(JSON.stringify(output ?? {}))
  }
  const machine: Machine = JSON.parse(
    JSON.stringify(definition).replaceAll('"IntervalSeconds":2', '"IntervalSeconds":0.001'),
  )
  const scope = { context: {}, signal: new AbortController().signal, runTask, record: () => undefined }
  try {
    await runStates(machine, input, scope)
    return { error: undefined, ran }
  } catch (error) {
    return { error: error instanceof Error ? error.name : String(error), ran }
  }
}

function arns<Name extends string>(names: readonly Name[]): Record<Name, string> {
  return Object.fromEntries(names.map(name => [name, name])) as unknown as Record<Name, string>
}

function failureIn(input: JsonObject): { name: string; message: string } {
  const { Error: name, Cause } = input['failure'] as { Error: string; Cause: string }
  return { name, message: Cause }
}

/** As functions/edge/step.ts names errors. */
function nameOf(error: unknown): string {
  if (!(error instanceof CrmError) || error.code === 'internal') return 'Internal'
  return error.code === 'unavailable' ? 'Unavailable' : 'Refused'
}
