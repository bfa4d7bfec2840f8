import { restoreDefinition } from '#functions/workflows/restore/definition.ts'
import type { Machine } from '#infra/local/engines/stepfunctions/machine.ts'
import { runStates } from '#infra/local/engines/stepfunctions/run-states.ts'
import { TaskError } from '#infra/local/engines/stepfunctions/task-error.ts'
import { CrmError } from '#lib/errors.ts'
import { planOnce } from '#lib/records/plan-once.ts'
import { writeRecord } from '#lib/records/write.ts'
import { endRestore } from '#lib/restore/end-restore.ts'
import { failRestore, tellingRefusal } from '#lib/restore/fail-restore.ts'
import { type RestorePlan, restoreFiles } from '#lib/restore/restore-files.ts'
import { restoreSource } from '#lib/restore/restore-now.ts'
import {
  applyPartitions,
  collectFiles,
  type RestoreTools,
  type StepEnd,
  verifyFiles,
} from '#lib/restore/restore-steps.ts'
import { runFields } from '#lib/restore/run-fields.ts'
import type { Context } from '#lib/runtime/context.ts'
import type { JsonObject } from '#schemas/json.ts'
import { run } from '#schemas/system/run.ts'
import type { Fault } from './import-run.ts'

type Given = { tools: RestoreTools; plan: RestorePlan; fault?: Fault; apply?: Context }

/** Writes plan and record of a restore that has started, as the API does before its workflow begins. */
export async function startedRestore(
  ctx: Context,
  { files }: RestoreTools,
  wish: Pick<RestorePlan, 'backupId' | 'wanted' | 'dryRun'> & { partitions?: number },
): Promise<RestorePlan> {
  const at = ctx.clock.now().toISOString()
  const own = { runId: ctx.ids.next('run'), cutOffAt: at, requestedBy: ctx.actor.id, startedAt: at }
  const plan = { partitions: 3, ...wish, ...own }
  await files.write(restoreFiles.plan(plan.runId), JSON.stringify(plan))
  await writeRecord(ctx, () => planOnce(ctx, run, { id: plan.runId, fields: runFields(plan), at }), {})
  return plan
}

/** Runs the restore's own definition over the steps' own work; each step has time for one file or partition, retries do not wait. */
export async function runRestoreWorkflow(ctx: Context, given: Given): Promise<{ error?: string; ran: string[] }> {
  const { tools, plan, fault = () => undefined, apply = ctx } = given
  const { files } = tools
  const ran: string[] = []
  const at = (input: JsonObject) => ({ plan, next: Number(input['next']), remainingMs: () => 0 })
  const part = (work: (input: JsonObject) => Promise<StepEnd>) => async (input: JsonObject) => {
    return { ...input, ...(await tellingRefusal(files, plan.runId, () => work(input))) }
  }
  const steps: Record<string, (input: JsonObject) => Promise<unknown>> = {
    verify: part(input => verifyFiles(tools, at(input))),
    collect: part(input => collectFiles(tools, at(input))),
    apply: part(input => applyPartitions({ ...apply, source: restoreSource(plan) }, { files }, at(input))),
    end: () => endRestore(ctx, { files, plan }),
    fail: () => failRestore(ctx, files, { runId: plan.runId, message: 'a step failed' }),
  }
  const runTask = async (resource: string, input: unknown) => {
    ran.push(resource)
    const failure = fault(resource, ran.filter(each => each === resource).length)
    if (failure) throw new TaskError(failure.name, failure.message)
    const output = await steps[resource]?.(input as JsonObject).catch(error => {
      throw new TaskError(
        error instanceof CrmError && error.code !== 'unavailable' ? 'Refused' : 'Unavailable',
        error.message,
      )
    })
    return JSON.parse(JSON.stringify(output ?? {}))
  }
  const names = { verify: 'verify', collect: 'collect', apply: 'apply', end: 'end', fail: 'fail' }
  const text = JSON.stringify(restoreDefinition(names)).replaceAll('"IntervalSeconds":2', '"IntervalSeconds":0.001')
  const machine: Machine = JSON.parse(text)
  try {
    const scope = { context: {}, signal: new AbortController().signal, runTask, record: () => undefined }
    await runStates(machine, { runId: plan.runId, actorId: ctx.actor.id, next: 0 }, scope)
    return { ran }
  } catch (error) {
    return { error: error instanceof Error ? error.name : String(error), ran }
  }
}
