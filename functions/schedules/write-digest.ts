import * as z from 'zod'
import { step } from '#functions/edge/step.ts'

const input = z.object({
  kind: z.literal('digest'),
  /** The time the schedule stands for: hours up to it get their digest. */
  scheduledAt: z.iso.datetime({ offset: true }).transform(text => new Date(text)),
})

/** A digest of many log files takes some seconds; what is left then is for the next run. */
const reserveMs = 60_000

/** Every hour: the digest of the hour before, and of those that were missed. */
export const handler = step(input, async ({ scheduledAt }, { log, remainingMs }) => {
  const { openDigestTools } = await import('#lib/access-log/open-digest-tools.ts')
  const { writeDigests } = await import('#lib/access-log/write-digests.ts')
  const { written, newest, isDone } = await writeDigests(await openDigestTools(log), {
    until: scheduledAt,
    mayGoOn: () => remainingMs() > reserveMs,
  })
  if (!isDone) log.warn('Hours still have no digest: the next run goes on', { newest })
  return { written: written.length, newest, isDone }
})
