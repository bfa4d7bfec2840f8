import { openJobContext } from '#functions/edge/context.ts'
import type { StepCall } from '#functions/edge/step.ts'
import { CrmError } from '#lib/errors.ts'
import { loadActor } from '#lib/permissions/load-actor.ts'
import { systemActor } from '#lib/permissions/system-actor.ts'
import type { Context } from '#lib/runtime/context.ts'
import { required } from '#lib/runtime/env.ts'
import { type Files, openFiles } from '#lib/runtime/files.ts'

/** What a step works with. */
export type JobTools = { ctx: Context; files: Files }

/**
 * The context of a job's step, which acts as the user who asked for the job.
 * @throws CrmError `unauthenticated` when that user has left: what nobody may do any more is not done for them.
 */
export async function jobTools(call: StepCall, job: { actorId: string; source: string }): Promise<JobTools> {
  const tools = await systemTools(call, job.source)
  const actor = await loadActor(tools.ctx.store, { userId: job.actorId })
  if (!actor)
    throw new CrmError('unauthenticated', `The user ${job.actorId} who asked for this has left or is disabled.`)
  return { ...tools, ctx: { ...tools.ctx, actor } }
}

/** The context of a step that must end a job whoever asked for it. */
export async function systemTools({ log, requestId }: StepCall, source: string): Promise<JobTools> {
  const ctx = await openJobContext({ actor: systemActor, requestId, source, log })
  return { ctx, files: openFiles(required('FILES_BUCKET')) }
}
