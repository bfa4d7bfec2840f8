import * as z from 'zod'
import { openJobContext } from '#functions/edge/context.ts'
import { step } from '#functions/edge/step.ts'
import { runFollowUps } from '#lib/follow-ups/run-follow-ups.ts'
import { systemActor } from '#lib/permissions/system-actor.ts'

const input = z.object({ kind: z.literal('followUp') })

/** Once a day: reminders by the tenant's rules for customers without contact, birthdays and other dates. */
export const handler = step(input, async (_, { log, requestId }) => {
  const ctx = await openJobContext({ actor: systemActor, requestId, source: 'schedule/follow-up', log })
  const done = await runFollowUps(ctx)
  log.info('Follow-ups', done)
  return done
})
