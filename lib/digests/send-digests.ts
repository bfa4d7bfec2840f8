import { digestMessage } from '#lib/digests/digest-message.ts'
import { gatherDay } from '#lib/digests/gather-day.ts'
import { type Owner, openOwners } from '#lib/follow-ups/owners.ts'
import { notify } from '#lib/notifications/notify.ts'
import type { Context } from '#lib/runtime/context.ts'
import { inParallel } from '#lib/runtime/in-parallel.ts'
import { localDate, wallOf } from '#lib/runtime/zoned-time.ts'
import { policyOf } from '#lib/settings/policy.ts'
import { beginDelivery, endDelivery } from '#lib/store/deliveries.ts'

/** 6 hours: a digest of the morning that comes later than that says nothing new. */
const windowMs = 21_600_000
/** 4 users at a time. */
const parallel = 4

/**
 * Tells each user whose morning it is what the day brings: what is due, what is overdue, whom to follow up. Once a day on
 * their own calendar, and not at all when there is nothing to say; it may run again at any point.
 * @returns how many were told.
 * @throws the first failure, once all others are told.
 */
export async function sendDigests(ctx: Context): Promise<{ sent: number }> {
  const { digest } = policyOf(ctx).notifications
  if (!digest.enabled) return { sent: 0 }
  const { all } = await openOwners(ctx)
  const mornings = all.filter(owner => isMorning(ctx, owner, digest.time))
  const failures: unknown[] = []
  let sent = 0
  await inParallel(mornings, parallel, async owner => {
    try {
      if (await sendDigest(ctx, owner)) sent += 1
    } catch (error) {
      ctx.log.warn('A digest could not be sent', { userId: owner.actor.id, error })
      failures.push(error)
    }
  })
  if (failures.length > 0) throw failures[0]
  return { sent }
}

/** Whether a user's clocks show the digest's time, or not much later. */
function isMorning({ clock }: Context, { timeZone }: Owner, time: string): boolean {
  const wall = wallOf(clock.now().getTime(), timeZone)
  const day = new Date(wall).toISOString().slice(0, 10)
  const late = wall - Date.parse(`${day}T${time}:00Z`)
  return late >= 0 && late < windowMs
}

async function sendDigest(ctx: Context, owner: Owner): Promise<boolean> {
  const now = ctx.clock.now()
  const day = localDate(now, owner.timeZone)
  const delivery = `digest#${owner.actor.id}#${day}`
  if ((await beginDelivery(ctx.store, delivery, now)) !== 'begun') return false
  const message = digestMessage(owner, await gatherDay(ctx, owner, day))
  if (message) await notify(ctx, { ...message, userId: owner.actor.id, key: `digest/${day}` })
  await endDelivery(ctx.store, delivery, now)
  return message !== undefined
}
