import * as z from 'zod'
import { invalidAt } from '#lib/errors.ts'
import { loadJob } from '#lib/jobs/load-job.ts'
import { systemActor } from '#lib/permissions/system-actor.ts'
import type { Context } from '#lib/runtime/context.ts'
import type { StoredRecord } from '#lib/store/items.ts'
import { run, runStates } from '#schemas/system/run.ts'

/** How far a run is. */
export type RunState = (typeof runStates)[number]

/** Whose work the changes of a run are: stands in their history, and is what undoing looks for. */
export function runSource(id: string): string {
  return `cleanup/${id}`
}

/** The context of a run's work: the product itself, under the run's source. */
export function runContext(ctx: Context, id: string, source = runSource(id)): Context {
  const { idempotency: _none, ...rest } = ctx
  return { ...rest, actor: systemActor, source, requestId: id }
}

/** How far the run is. */
export function stateOf(record: StoredRecord): RunState {
  return z.enum(runStates).parse(record.fields['state'])
}

/** The record of a run. */
export function loadRun(ctx: Context, id: string): Promise<StoredRecord> {
  return loadJob(ctx, run, id)
}

/** Whether the run goes on: it was neither canceled nor ended. */
export async function isRunning(ctx: Context, id: string): Promise<boolean> {
  return stateOf(await loadRun(ctx, id)) === 'running'
}

/**
 * Refuses what cannot be done with a run now.
 * @throws CrmError `validation_failed` (invalid_state) saying what state it is in and what can be done.
 */
export function wrongState(record: StoredRecord, advice: string): never {
  throw invalidAt('', 'invalid_state', `The run is ${stateOf(record)}; ${advice}`)
}
