import type { Owner } from '#lib/follow-ups/owners.ts'
import { deriveNext } from '#lib/occurrences/derive-next.ts'
import type { Plan } from '#lib/records/plan.ts'
import { planOnce } from '#lib/records/plan-once.ts'
import type { Context } from '#lib/runtime/context.ts'
import { derivedId } from '#lib/runtime/ids.ts'
import { localDate } from '#lib/runtime/zoned-time.ts'
import { policyOf } from '#lib/settings/policy.ts'
import type { StoredRecord } from '#lib/store/items.ts'
import { reminder } from '#schemas/system/reminder.ts'

/** A rule that held: for whom, in which words, and what makes it this very occasion. */
export type Hit = { owner: Owner; source: 'followUp' | 'date'; message: string; occasion: string }

/** 500: what a reminder's message holds. */
const longestMessage = 500

/** Plans the reminder of an occasion, due today at the tenant's time on its owner's clocks; there already it stays as it is. */
export async function followUpPlan(ctx: Context, record: StoredRecord, hit: Hit): Promise<Plan> {
  const { owner, source, message, occasion } = hit
  const { id: assigneeId, teamId } = owner.actor
  const now = ctx.clock.now()
  const fields = {
    message: [...message].slice(0, longestMessage).join(''),
    about: record.id,
    assigneeId,
    ...(teamId !== undefined && { teamId }),
    dueAt: `${localDate(now, owner.timeZone)}T${policyOf(ctx).followUps.time}:00`,
    state: 'open',
    source,
  }
  const id = derivedId(reminder.prefix, { at: new Date(0), seed: JSON.stringify([source, record.id, occasion]) })
  const whole = await deriveNext(ctx, { before: undefined, fields })
  return planOnce(ctx, reminder, { id, fields: whole, at: now.toISOString() })
}
