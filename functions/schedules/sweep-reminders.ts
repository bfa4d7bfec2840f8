import * as z from 'zod'
import { openJobContext } from '#functions/edge/context.ts'
import { step } from '#functions/edge/step.ts'
import { systemActor } from '#lib/permissions/system-actor.ts'
import { sweepDue } from '#lib/reminders/sweep-due.ts'
import { type Bus, openBus } from '#lib/runtime/bus.ts'
import { required } from '#lib/runtime/env.ts'

const input = z.object({ kind: z.literal('sweepReminders') })

let bus: Bus | undefined

/** Every quarter of an hour: announces again what was due and was not told. */
export const handler = step(input, async (_, { log, requestId }) => {
  bus ??= openBus(required('BUS_NAME'))
  const ctx = await openJobContext({ actor: systemActor, requestId, source: 'schedule/sweep-reminders', log })
  const swept = await sweepDue(ctx, bus)
  if (swept.announced > 0) log.warn('Reminders were due and not told', swept)
  return swept
})
