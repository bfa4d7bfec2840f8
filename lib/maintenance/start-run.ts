import { changeJob } from '#lib/jobs/job-record.ts'
import { executionName } from '#lib/maintenance/execution-name.ts'
import { planOnce } from '#lib/records/plan-once.ts'
import { writeRecord } from '#lib/records/write.ts'
import type { Context } from '#lib/runtime/context.ts'
import { derivedId } from '#lib/runtime/ids.ts'
import { startWorkflow } from '#lib/runtime/workflows.ts'
import type { StoredRecord } from '#lib/store/items.ts'
import type { JsonObject } from '#schemas/json.ts'
import { run, type runKinds } from '#schemas/system/run.ts'

/** What to run, and for whom. */
export type RunRequest = {
  kind: (typeof runKinds)[number]
  dryRun: boolean
  /** A user's id, or `schedule`. */
  requestedBy: string
  /** What it is to work on, beyond its kind. */
  request?: JsonObject
  /** The same key is the same run: what is scheduled for a moment runs once, however often the moment is delivered. */
  key?: string
}

/** Failure of a run whose workflow could not be started. */
const notStarted = 'not_started'
/** A run that starts after all; an execution that found it failed may have ended it with an empty report. */
const startedAnew = { state: 'running', failure: null, endedAt: null, report: null }

/**
 * Starts a run in the background. Asked again with the same key, or by a request with the same Idempotency-Key, it answers the
 * run there is.
 * @throws CrmError `unavailable` when the workflow cannot be started; the run then ends as failed, and asking again is safe.
 */
export async function startRun(
  ctx: Context,
  { workflow }: { workflow: string },
  request: RunRequest,
): Promise<StoredRecord> {
  const id = await writeRun(ctx, request)
  const { idempotency: _done, ...rest } = ctx
  const started = await changeJob(rest, { object: run, id }, ({ fields }) =>
    fields['state'] === 'failed' && codeOf(fields['failure']) === notStarted ? startedAnew : undefined,
  )
  if (started.fields['state'] !== 'running') return started
  try {
    // By its version: of two starts, or one whose answer was lost, one execution comes; one that failed can be made up for.
    await startWorkflow(workflow, { name: executionName(id, started.version), input: { runId: id } })
    return started
  } catch (error) {
    const detail = 'The workflow could not be started. Start the run again.'
    const failed = { state: 'failed', failure: { code: notStarted, detail } }
    // An end that came meanwhile stays: the execution can have started though the answer was lost.
    await changeJob(rest, { object: run, id }, ({ version }) => (version === started.version ? failed : undefined))
    throw error
  }
}

async function writeRun(ctx: Context, request: RunRequest): Promise<string> {
  const { kind, dryRun, requestedBy, request: asked, key } = request
  const at = ctx.clock.now().toISOString()
  const fields = { kind, state: 'running', dryRun, startedAt: at, requestedBy, ...(asked && { request: asked }) }
  const id =
    key === undefined ? ctx.ids.next(run.prefix) : derivedId(run.prefix, { at: new Date(0), seed: `${kind} ${key}` })
  return (await writeRecord(ctx, () => planOnce(ctx, run, { id, fields, at }), {})).id
}

function codeOf(failure: unknown): unknown {
  return typeof failure === 'object' && failure !== null && 'code' in failure ? failure.code : undefined
}
