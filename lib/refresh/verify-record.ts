import { CrmError } from '#lib/errors.ts'
import { compileObject } from '#lib/records/compile.ts'
import { firstVersion } from '#lib/records/next-state.ts'
import { planFields, planUpdate } from '#lib/records/operations/update-record.ts'
import { placed } from '#lib/records/place.ts'
import type { Plan } from '#lib/records/plan.ts'
import { type Written, writeRecords } from '#lib/records/write.ts'
import { planTaskDone } from '#lib/refresh/close-task.ts'
import { isVerifiable } from '#lib/refresh/is-stale.ts'
import { plainName, verifiedSubject } from '#lib/refresh/task-texts.ts'
import { linkName, readOpenTasks } from '#lib/refresh/verification-link.ts'
import type { Context } from '#lib/runtime/context.ts'
import type { StoredRecord } from '#lib/store/items.ts'
import { readRecord } from '#lib/store/read.ts'
import type { ObjectDefinition } from '#schemas/definition.ts'
import { activity } from '#schemas/objects/activity.ts'

/** A record that somebody looked at and found right, or puts right with `fields` (a merge patch). */
export type VerifyRequest = {
  object: ObjectDefinition
  id: string
  fields?: unknown
  note?: string | undefined
  ifVersions?: readonly number[] | undefined
  dryRun?: boolean | undefined
}

/**
 * Notes that a record was verified now, with what was corrected, and does its open verification task: all or nothing. Takes
 * the right to change the record. A note is kept with the task; where there is none, with a done one of the verifier's.
 * @throws CrmError not_found, validation_failed, version_conflict and whatever a change of the record can be refused with.
 */
export async function verifyRecord(ctx: Context, request: VerifyRequest): Promise<Written> {
  const { object, dryRun } = request
  if (!isVerifiable(object))
    throw new CrmError('not_found', `${object.pluralLabel.en} are not verified: they keep no time of it.`)
  // Not told that the caller named a version: planning anew finds that out, and a task changed meanwhile is no reason to stop.
  const [record] = await writeRecords(ctx, () => planVerify(ctx, request), { dryRun }).catch(refuseFields)
  if (!record) throw new Error('Verifying a record writes it.')
  return record
}

/** What is wrong with the record is wrong with the body's `fields`. */
function refuseFields(error: unknown): never {
  throw error instanceof CrmError && error.errors.length > 0 ? placed(error, '/fields') : error
}

async function planVerify(ctx: Context, { object, id, fields = {}, note, ifVersions }: VerifyRequest): Promise<Plan[]> {
  const plan = await planVerified(
    ctx,
    await planUpdate(ctx, { object, id, patch: fields, ifVersions }),
    ctx.clock.now(),
  )
  const [taskId] = await readOpenTasks(ctx, [id])
  const task = taskId === undefined ? undefined : await readRecord(ctx.store, taskId)
  if (task && task.deletedAt === undefined) return [plan, planTaskDone(ctx, task, note)]
  return note === undefined ? [plan] : [plan, planNote(ctx, plan, note)]
}

/** A planned change that also says when the record was verified. */
export async function planVerified(ctx: Context, plan: Plan, at: Date): Promise<Plan> {
  const { object, before, after } = plan
  const fields = { ...after.fields, lastVerifiedAt: at.toISOString() }
  if (plan.action !== 'unchanged' || !before) return { ...plan, after: { ...after, fields } }
  return planFields(ctx, object, { before, fields, written: ['lastVerifiedAt'] })
}

/** What the verifier has to say, on the record's timeline. */
function planNote(ctx: Context, { object: { definition }, after: record }: Plan, note: string): Plan {
  const at = ctx.clock.now().toISOString()
  const link = linkName(definition)
  const fields: StoredRecord['fields'] = {
    type: 'task',
    status: 'done',
    purpose: 'verify',
    subject: verifiedSubject(ctx.tenant.locale, definition, plainName(definition, record)),
    occurredAt: at,
    outcome: note,
    assigneeId: ctx.actor.id,
    ...(ctx.actor.teamId !== undefined && { teamId: ctx.actor.teamId }),
    ...(link !== undefined && { [link]: record.id }),
  }
  const after = firstVersion(
    { id: ctx.ids.next(activity.prefix), object: activity.name, fields },
    { at, by: ctx.actor.id },
  )
  return { object: compileObject(activity, ctx.tenant), before: undefined, after, action: 'created' }
}
