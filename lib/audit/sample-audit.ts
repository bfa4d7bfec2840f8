import { type Audit, auditOf, itemId, readItems } from '#lib/audit/audit-record.ts'
import { auditTexts, goneReviewerText } from '#lib/audit/audit-texts.ts'
import { type Candidate, readPopulation } from '#lib/audit/draw-sample.ts'
import type { Actor } from '#lib/permissions/actor.ts'
import { loadActor } from '#lib/permissions/load-actor.ts'
import { systemActor } from '#lib/permissions/system-actor.ts'
import { compileObject } from '#lib/records/compile.ts'
import { nextVersion } from '#lib/records/next-state.ts'
import type { Plan } from '#lib/records/plan.ts'
import { planFirst } from '#lib/records/plan-once.ts'
import { writeRecord, writeRecords } from '#lib/records/write.ts'
import { readPeople } from '#lib/refresh/people.ts'
import { linkName } from '#lib/refresh/verification-link.ts'
import { workingDays } from '#lib/refresh/working-days.ts'
import type { Context } from '#lib/runtime/context.ts'
import { derivedId } from '#lib/runtime/ids.ts'
import { inParallel } from '#lib/runtime/in-parallel.ts'
import { policyOf } from '#lib/settings/policy.ts'
import type { StoredRecord } from '#lib/store/items.ts'
import { readRecord } from '#lib/store/read.ts'
import type { JsonObject } from '#schemas/json.ts'
import { activity } from '#schemas/objects/activity.ts'
import { auditItem, audit as auditObject } from '#schemas/system/audit.ts'

type Draw = { audit: Audit; reviewer: Actor; owner: Actor; days: readonly string[]; unseen: number }

/** 4 owners at a time. */
const parallel = 4

/**
 * Draws the sample of an audit and gives its records to the reviewer as tasks. Safe to stop and run again: what was drawn
 * stays, and nobody gets more than was asked for. A reviewer does not look at their own records.
 */
export async function sampleAudit(ctx: Context, id: string): Promise<void> {
  const record = await readRecord(ctx.store, id)
  if (!record || record.object !== auditObject.name || record.deletedAt !== undefined) return
  const audit = auditOf(record)
  if (!audit.isSampling) return
  const requester = await actorNamed(ctx, audit.requestedBy)
  const reviewer = await actorNamed(ctx, audit.reviewerId)
  if (!requester || !reviewer) return open(ctx, id, { sampled: 0, problem: goneReviewerText(ctx.tenant.locale) })
  const days = workingDays(audit.createdAt, {
    days: policyOf(ctx).refresh.dueWithinDays,
    timeZone: ctx.tenant.timeZone,
  })
  const known = Map.groupBy(await readItems(ctx, id), ({ fields }) => String(fields['ownerId']))
  const owners = await ownersOf(ctx, audit)
  let sampled = 0
  let unseen = 0
  await inParallel(owners, parallel, async owner => {
    const theirs = known.get(owner.id) ?? []
    sampled += theirs.length
    // Done by an earlier try, which ran out of time: the next one gets further.
    if (theirs.length >= audit.perOwner) {
      unseen += Number(theirs[0]?.fields['unseen'] ?? 0)
      return
    }
    const readers = { requester, reviewer }
    const population = await readPopulation(ctx, { audit, ownerId: owner.id, readers })
    const fresh = draw(audit, population.candidates, theirs)
    for (const candidate of fresh)
      await writeItem(ctx, { audit, reviewer, owner, days, unseen: population.unseen }, candidate)
    sampled += fresh.length
    unseen += population.unseen
  })
  await open(ctx, id, { sampled, unseen })
}

async function actorNamed(ctx: Context, userId: string): Promise<Actor | undefined> {
  return userId === systemActor.id ? systemActor : loadActor(ctx.store, { userId })
}

async function ownersOf(ctx: Context, { teamId, reviewerId }: Audit): Promise<Actor[]> {
  const people = [...(await readPeople(ctx)).people.values()]
  return people.filter(({ id, teamId: own }) => id !== reviewerId && (teamId === undefined || own === teamId))
}

/** The first ones of the draw, less those that an earlier try drew. */
function draw({ perOwner }: Audit, candidates: readonly Candidate[], known: readonly StoredRecord[]): Candidate[] {
  const drawn = new Set(known.map(({ fields }) => fields['recordId']))
  return candidates.filter(({ record }) => !drawn.has(record.id)).slice(0, perOwner - known.length)
}

/** The line of the sample and the reviewer's task, both or none. */
async function writeItem(ctx: Context, draw: Draw, candidate: Candidate): Promise<void> {
  const id = itemId(draw.audit, candidate.record.id)
  const plan = async (): Promise<Plan[]> => {
    if (await readRecord(ctx.store, id)) return []
    const taskId = derivedId(activity.prefix, { at: draw.audit.createdAt, seed: `${id}/task` })
    const task = taskFields(ctx, draw, candidate)
    const item = {
      auditId: draw.audit.id,
      target: candidate.object.name,
      recordId: candidate.record.id,
      ownerId: draw.owner.id,
      reviewerId: draw.reviewer.id,
      taskId,
      unseen: draw.unseen,
    }
    const at = ctx.clock.now().toISOString()
    return [
      planFirst(ctx, auditItem, { id, fields: item, at }),
      planFirst(ctx, activity, { id: taskId, fields: task, at }),
    ]
  }
  await writeRecords(ctx, plan, {})
}

function taskFields(
  ctx: Context,
  { audit, reviewer, owner, days }: Draw,
  { object, record, rank }: Candidate,
): JsonObject {
  const place = Number.parseInt(rank.slice(0, 8), 16) % days.length
  const dueAt = days[place]
  return {
    type: 'task',
    status: 'planned',
    purpose: 'audit',
    ...auditTexts(ctx.tenant.locale, { object, record, owner, month: audit.month }),
    [linkName(object) ?? '']: record.id,
    auditId: audit.id,
    assigneeId: reviewer.id,
    ...(reviewer.teamId !== undefined && { teamId: reviewer.teamId }),
    ...(dueAt !== undefined && { dueAt }),
  }
}

async function open(ctx: Context, id: string, values: JsonObject): Promise<void> {
  const object = compileObject(auditObject, ctx.tenant)
  await writeRecord(
    ctx,
    async () => {
      const before = await readRecord(ctx.store, id)
      if (!before) throw new Error(`${id} is gone while its sample is drawn.`)
      if (!auditOf(before).isSampling) return { object, before, after: before, action: 'unchanged' }
      const after = nextVersion(ctx, before, { ...before.fields, ...values, state: 'open' })
      return { object, before, after, action: 'updated' }
    },
    {},
  )
}
