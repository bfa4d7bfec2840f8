import { readNewestAnchor } from '#lib/access-log/keep-anchor.ts'
import { openVerifier } from '#lib/access-log/open-verifier.ts'
import { verifyRange } from '#lib/access-log/verify-range.ts'
import { witnessMail } from '#lib/access-log/witness-mail.ts'
import { openMailer } from '#lib/messaging/mailer.ts'
import { sendEmail } from '#lib/messaging/send-email.ts'
import type { Context } from '#lib/runtime/context.ts'
import { required } from '#lib/runtime/env.ts'
import type { AccessLogVerification } from '#schemas/api/access-log-verification.ts'

/** Two days: each hour is looked at twice, also when one run was missed. */
const backMs = 2 * 86_400_000

/**
 * Checks the last two days, and mails the result and the newest anchor to where nobody in the CRM reaches it: once for each
 * time, however often it is called.
 */
export async function witness(
  ctx: Context,
  { at, mayGoOn }: { at: Date; mayGoOn: () => boolean },
): Promise<AccessLogVerification> {
  const verifier = await openVerifier()
  const from = new Date(at.getTime() - backMs)
  const verification = await verifyRange(verifier, { from, to: at, now: at, mayGoOn })
  const anchor = await readNewestAnchor(verifier.anchors, verifier.trail, at)
  const mail = witnessMail(ctx.tenant, { anchor, verification })
  const key = `access-log#${at.toISOString()}`
  await sendEmail(ctx, openMailer(), { key, to: required('ACCESS_LOG_MAIL_TO'), ...mail })
  return verification
}
