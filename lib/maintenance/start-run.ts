import { changeJob } from '#lib/jobs/job-record.ts'
import { compileObject } from '#lib/records/compile.ts'
import { firstVersion } from '#lib/records/next-state.ts'
import type { Plan } from '#lib/records/plan.ts'
import { writeRecord } from '#lib/records/write.ts'
import type { Context } from '#lib/runtime/context.ts'
import { derivedId } from '#lib/runtime/ids.ts'
import { startWorkflow } from '#lib/runtime/workflows.ts'
import type { StoredRecord } from '#lib/store/items.ts'
import { readRecord } from '#lib/store/read.ts'
import { run, type runKinds } from '#schemas/system/run.ts'

/** What to run, and for whom. */
export type RunRequest = {
  kind: (typeof runKinds)[number]
  dryRun: boolean
  /** A user's id, or `schedule`. */
  requestedBy: string
  /** The same key is the same run: what is scheduled for a moment runs once, however often the moment is delivered. */
  key?: string
}

/** Failure of a run whose workflow could not be started. */
const notStarted = 'not_started'

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
    codeOf(fields['failure']) === notStarted ? { state: 'running', failure: null } : undefined,
  )
  try {
    // By its id: of two starts, or one whose answer was lost, one execution comes.
    if (started.fields['state'] === 'running') await startWorkflow(workflow, { name: id, input: { runId: id } })
    return started
  } catch (error) {
    const detail = 'The workflow could not be started. Start the run again.'
    await changeJob(rest, { object: run, id }, () => ({ state: 'failed', failure: { code: notStarted, detail } }))
    throw error
  }
}

async function writeRun(ctx: Context, request: RunRequest): Promise<string> {
  const first = newRun(ctx, request)
  const object = compileObject(run, ctx.tenant)
  const { id } = await writeRecord(
    ctx,
    async (): Promise<Plan> => {
      const known = request.key === undefined ? undefined : await readRecord(ctx.store, first.id)
      if (known) return { object, before: known, after: known, action: 'unchanged' }
      return { object, before: undefined, after: first, action: 'created' }
    },
    {},
  )
  return id
}

function newRun(ctx: Context, { kind, dryRun, requestedBy, key }: RunRequest): StoredRecord {
  const at = ctx.clock.now().toISOString()
  const id =
    key === undefined ? ctx.ids.next(run.prefix) : derivedId(run.prefix, { at: new Date(0), seed: `${kind} ${key}` })
  const fields = { kind, state: 'running', dryRun, startedAt: at, requestedBy }
  return firstVersion({ id, object: run.name, fields }, { at, by: ctx.actor.id })
}

function codeOf(failure: unknown): unknown {
  return typeof failure === 'object' && failure !== null && 'code' in failure ? failure.code : undefined
}
