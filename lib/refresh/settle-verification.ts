import { CrmError } from '#lib/errors.ts'
import type { Actor } from '#lib/permissions/actor.ts'
import { loadActor } from '#lib/permissions/load-actor.ts'
import { systemActor } from '#lib/permissions/system-actor.ts'
import { compileObject } from '#lib/records/compile.ts'
import { textOf } from '#lib/records/owner-of.ts'
import type { Plan } from '#lib/records/plan.ts'
import { writeRecords } from '#lib/records/write.ts'
import { planTaskChange } from '#lib/refresh/close-task.ts'
import { mayVerify } from '#lib/refresh/people.ts'
import { isOpen } from '#lib/refresh/plan-tasks.ts'
import { goneText } from '#lib/refresh/task-texts.ts'
import { readOpenTasks, targetOf } from '#lib/refresh/verification-link.ts'
import { planVerified } from '#lib/refresh/verify-record.ts'
import type { Context } from '#lib/runtime/context.ts'
import { readChangesUntil } from '#lib/store/history.ts'
import type { StoredRecord } from '#lib/store/items.ts'
import { readRecord } from '#lib/store/read.ts'
import { activity } from '#schemas/objects/activity.ts'

/**
 * Carries on what a change of a verification task means: one that was done verifies its record, in the name of who did it
 * and only if they may change that; one that was canceled lets the next plan make another; one that was opened again stands
 * for its record as before. Goes by what is stored now, so it can be called again at any time.
 */
export async function settleTask(ctx: Context, taskId: string): Promise<void> {
  const task = await readRecord(ctx.store, taskId)
  if (!task || !isVerification(task)) return
  if (isOpen(task)) return keepClaim(ctx, task)
  if (task.fields['verifies'] === undefined) return
  const by = task.fields['status'] === 'done' ? await completionOf(ctx, task) : undefined
  await writeRecords({ ...ctx, actor: by?.actor ?? ctx.actor }, () => planSettled(ctx, taskId, by), {})
}

/** Cancels the open verification task of a record that was deleted. */
export async function settleDeleted(ctx: Context, recordId: string): Promise<void> {
  const record = await readRecord(ctx.store, recordId)
  // The task of a record that was absorbed goes over to its survivor.
  if (record && (record.deletedAt === undefined || record.mergedInto !== undefined)) return
  const [taskId] = await readOpenTasks(ctx, [recordId])
  if (taskId !== undefined) await cancel(ctx, taskId, goneText(ctx.tenant.locale))
}

function isVerification(record: StoredRecord): boolean {
  return record.object === activity.name && record.deletedAt === undefined && record.fields['purpose'] === 'verify'
}

type Completion = { actor: Actor; at: Date }

/** Who did a task, and when; undefined when that person has left: what nobody may do any more is not done for them. */
async function completionOf(ctx: Context, task: StoredRecord): Promise<Completion | undefined> {
  const changes = await readChangesUntil(ctx.store, task.id, ({ changes }) => changes['status']?.new === 'done')
  const change = changes.at(-1)
  if (!change) return undefined
  const isOwn = change.actorId === systemActor.id
  const actor = isOwn ? systemActor : await loadActor(ctx.store, { userId: change.actorId })
  return actor && { actor, at: new Date(change.at) }
}

async function planSettled(given: Context, taskId: string, by: Completion | undefined): Promise<Plan[]> {
  const ctx = by ? { ...given, actor: by.actor } : given
  const task = await readRecord(ctx.store, taskId)
  if (!task || !isVerification(task) || isOpen(task) || task.fields['verifies'] === undefined) return []
  const target = targetOf(ctx, task)
  const record = target && (await readRecord(ctx.store, target.id))
  // Its task comes again with the next event, when it has gone over to the survivor.
  if (record?.mergedInto !== undefined) return []
  const released = planTaskChange(ctx, task, {})
  if (!by || !target || !record || record.deletedAt !== undefined) return [released]
  if (!mayVerify(by.actor, target.object, record)) {
    ctx.log.warn('A task was done by somebody who may not change its record', { recordId: record.id, taskId })
    return [released]
  }
  const isLater = (textOf(record.fields['lastVerifiedAt']) ?? '') >= by.at.toISOString()
  if (isLater) return [released]
  const object = compileObject(target.object, ctx.tenant)
  const unchanged: Plan = { object, before: record, after: record, action: 'unchanged' }
  return [await planVerified(ctx, unchanged, by.at), released]
}

/** An open task holds its record's claim; where another task has it by now, this one is not needed. */
async function keepClaim(ctx: Context, task: StoredRecord): Promise<void> {
  const target = targetOf(ctx, task)
  if (!target || task.fields['verifies'] === target.id) return
  const claim = async (): Promise<Plan[]> => {
    const now = await readRecord(ctx.store, task.id)
    if (!now || !isVerification(now) || !isOpen(now)) return []
    return [planTaskChange(ctx, now, { verifies: target.id })]
  }
  try {
    await writeRecords(ctx, claim, {})
  } catch (error) {
    if (!(error instanceof CrmError) || error.code !== 'unique_violation') throw error
    await cancel(ctx, task.id, undefined)
  }
}

async function cancel(ctx: Context, taskId: string, outcome: string | undefined): Promise<void> {
  const plan = async (): Promise<Plan[]> => {
    const task = await readRecord(ctx.store, taskId)
    if (!task || !isVerification(task) || !isOpen(task)) return []
    return [planTaskChange(ctx, task, { status: 'canceled', ...(outcome !== undefined && { outcome }) })]
  }
  await writeRecords(ctx, plan, {})
}
