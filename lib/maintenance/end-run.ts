import { stateOf } from '#lib/cleanup/run-job.ts'
import { changeJob } from '#lib/jobs/job-record.ts'
import { plainJson } from '#lib/jobs/plain-json.ts'
import { endedSteps } from '#lib/maintenance/run-steps.ts'
import type { Context } from '#lib/runtime/context.ts'
import { run } from '#schemas/system/run.ts'

/** What a run came to, and why it failed, if it did. */
type End = { report?: object; failure?: { code: string; detail: string } }

/** Ends a run; one that has ended stays as it ended, since the step may run again. */
export async function endRun(ctx: Context, runId: string, { report, failure }: End): Promise<void> {
  await changeJob(ctx, { object: run, id: runId }, record => {
    if (stateOf(record) !== 'running') return undefined
    return {
      state: failure ? 'failed' : 'succeeded',
      endedAt: ctx.clock.now().toISOString(),
      steps: endedSteps(record, failure === undefined).map(plainJson),
      ...(report && { report: plainJson(report) }),
      ...(failure && { failure }),
    }
  })
}
