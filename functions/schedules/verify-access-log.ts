import * as z from 'zod'
import { openJobContext } from '#functions/edge/context.ts'
import { step } from '#functions/edge/step.ts'
import { systemActor } from '#lib/permissions/system-actor.ts'

const input = z.object({
  kind: z.literal('verifyAccessLog'),
  /** The time the schedule stands for: one mail for each. */
  scheduledAt: z.iso.datetime({ offset: true }).transform(text => new Date(text)),
})

/** To keep the result and to send the mail. */
const reserveMs = 60_000

/** Once a day: checks the last two days, and mails the result and the newest anchor. */
export const handler = step(input, async ({ scheduledAt: at }, { log, requestId, remainingMs }) => {
  const ctx = await openJobContext({ actor: systemActor, requestId, source: 'schedule/verify-access-log', log })
  const { witness } = await import('#lib/access-log/witness.ts')
  const { state, found, findings } = await witness(ctx, { at, mayGoOn: () => remainingMs() > reserveMs })
  // An alarm, after the mail: somebody has to look today.
  if (state === 'altered')
    throw new Error(`The access log was altered: ${found} found, first ${JSON.stringify(findings[0])}`)
  return { state, found }
})
