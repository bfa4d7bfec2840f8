import { type RunFailure, reportRun } from '#lib/cleanup/report-run.ts'
import { runContext, stateOf } from '#lib/cleanup/run-job.ts'
import { toldFailure } from '#lib/cleanup/tell-failure.ts'
import { changeJob } from '#lib/jobs/job-record.ts'
import type { Context } from '#lib/runtime/context.ts'
import type { Files } from '#lib/runtime/files.ts'
import { run } from '#schemas/system/run.ts'

/** What a step's error means to whoever reads the run. */
const codes: Readonly<Record<string, string>> = { Refused: 'validation_failed', Unavailable: 'unavailable' }

/**
 * Ends a run as failed, with the report of what it did until then: it can be undone. When it was the report that failed, the
 * run ends without one.
 */
export async function failRun(
  given: Context,
  files: Files,
  { runId, failure: { name, message } }: { runId: string; failure: { name: string; message: string } },
): Promise<void> {
  const ctx = runContext(given, runId)
  const failure = (await toldByLane(files, runId, name)) ?? { code: codes[name] ?? 'internal', detail: message }
  try {
    await reportRun(ctx, files, { runId, failure })
  } catch (error) {
    ctx.log.error('The report of a failed cleanup could not be made', { runId, error })
    await changeJob(ctx, { object: run, id: runId }, record =>
      ['running', 'canceling'].includes(stateOf(record))
        ? { state: 'failed', endedAt: ctx.clock.now().toISOString(), failure }
        : undefined,
    )
  }
}

/** A distributed map fails with a name of its own; the lane that made it fail has kept why. */
async function toldByLane(files: Files, runId: string, name: string): Promise<RunFailure | undefined> {
  return name === 'States.ExceedToleratedFailureThreshold' ? toldFailure(files, runId) : undefined
}
