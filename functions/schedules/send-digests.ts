import * as z from 'zod'
import { openJobContext } from '#functions/edge/context.ts'
import { step } from '#functions/edge/step.ts'
import { sendDigests } from '#lib/digests/send-digests.ts'
import { systemActor } from '#lib/permissions/system-actor.ts'

const input = z.object({ kind: z.literal('sendDigests') })

/** Every quarter of an hour: the digest of the day to each user whose morning it is. */
export const handler = step(input, async (_, { log, requestId }) => {
  const ctx = await openJobContext({ actor: systemActor, requestId, source: 'schedule/send-digests', log })
  return sendDigests(ctx)
})
