import { stateOf } from '#lib/cleanup/run-job.ts'
import { changeJob } from '#lib/jobs/job-record.ts'
import { plainJson } from '#lib/jobs/plain-json.ts'
import { stepsOf } from '#lib/maintenance/run-steps.ts'
import type { Context } from '#lib/runtime/context.ts'
import type { StoredRecord } from '#lib/store/items.ts'
import type { RunStep } from '#schemas/api/maintenance.ts'
import { run } from '#schemas/system/run.ts'

/**
 * Keeps which step a run is at; those before it are done. `done` counts what the step before came to.
 * @returns the run's record.
 */
export function tellStep(
  ctx: Context,
  runId: string,
  name: RunStep['name'],
  done?: { name: RunStep['name']; count: number },
): Promise<StoredRecord> {
  return changeJob(ctx, { object: run, id: runId }, record => {
    if (stateOf(record) !== 'running') return undefined
    const before = stepsOf(record)
    const at = before.findIndex(step => step.name === name)
    const steps = before.map((step, place): RunStep => {
      const state = place < at ? 'done' : place === at ? 'running' : 'waiting'
      return { ...step, state, ...(done?.name === step.name && { count: done.count }) }
    })
    return JSON.stringify(steps) === JSON.stringify(before) ? undefined : { steps: steps.map(plainJson) }
  })
}
