import { openJobContext } from '#functions/edge/context.ts'
import { systemActor } from '#lib/permissions/system-actor.ts'
import type { Context } from '#lib/runtime/context.ts'
import type { Logger } from '#lib/runtime/logger.ts'

/** The context of a reaction to events: the product itself at work, in the name of its function. */
export function eventContext(name: string, log: Logger): Promise<Context> {
  return openJobContext({ actor: systemActor, requestId: `events/${name}`, source: `events/${name}`, log })
}
