import * as z from 'zod'
import { openJobContext } from '#functions/edge/context.ts'
import { step } from '#functions/edge/step.ts'
import { readNewestAnchor } from '#lib/access-log/keep-anchor.ts'
import { openPublicKeys, openTrail } from '#lib/access-log/open-trail.ts'
import { verifyRange } from '#lib/access-log/verify-range.ts'
import { witnessMail } from '#lib/access-log/witness-mail.ts'
import { openEvidenceKey } from '#lib/evidence/evidence-key.ts'
import { openMailer } from '#lib/messaging/mailer.ts'
import { sendEmail } from '#lib/messaging/send-email.ts'
import { systemActor } from '#lib/permissions/system-actor.ts'
import { required } from '#lib/runtime/env.ts'

const input = z.object({
  kind: z.literal('verifyAccessLog'),
  /** The time the schedule stands for: one mail for each. */
  scheduledAt: z.iso.datetime({ offset: true }).transform(text => new Date(text)),
})

/** Two days: each hour is looked at twice, also when one run was missed. */
const backMs = 2 * 86_400_000
/** To keep the result and to send the mail. */
const reserveMs = 60_000

/** Once a day: checks the last two days, and mails the result and the newest anchor to where no one in the CRM reaches it. */
export const handler = step(input, async ({ scheduledAt }, { log, requestId, remainingMs }) => {
  const ctx = await openJobContext({ actor: systemActor, requestId, source: 'schedule/verify-access-log', log })
  const opened = openTrail()
  const { publicKeys } = await openPublicKeys(openEvidenceKey(required('EVIDENCE_KEY_ARN')), opened.anchors)
  const verification = await verifyRange(
    { ...opened, publicKeys },
    {
      ...{ from: new Date(scheduledAt.getTime() - backMs), to: scheduledAt, now: scheduledAt },
      mayGoOn: () => remainingMs() > reserveMs,
    },
  )
  const anchor = await readNewestAnchor(opened.anchors, opened.trail, scheduledAt)
  const mail = witnessMail(ctx.tenant, { anchor, verification })
  const key = `access-log#${scheduledAt.toISOString()}`
  await sendEmail(ctx, openMailer(), { key, to: required('ACCESS_LOG_MAIL_TO'), ...mail })
  const { state, found, findings } = verification
  // An alarm, after the mail: somebody has to look today.
  if (state === 'altered')
    throw new Error(`The access log was altered: ${found} found, first ${JSON.stringify(findings[0])}`)
  return { state, found }
})
