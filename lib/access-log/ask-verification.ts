import { mayReadLog } from '#lib/access-log/may-read-log.ts'
import { openVerifier } from '#lib/access-log/open-verifier.ts'
import { verifyRange } from '#lib/access-log/verify-range.ts'
import { invalidAt } from '#lib/errors.ts'
import type { Context } from '#lib/runtime/context.ts'
import type { AccessLogVerification } from '#schemas/api/access-log-verification.ts'

const dayMs = 86_400_000
/** 20 s of the 29 that a request has: the digest that is being checked then still gets its time. */
const budgetMs = 20_000

/**
 * Checks the access log of some hours, the last 24 unless told otherwise, as far as a request's time allows.
 * @throws CrmError `not_found` for who may not ask the log, `validation_failed` for a time that is none.
 */
export async function askVerification(
  ctx: Context,
  query: { from?: string | undefined; to?: string | undefined },
): Promise<AccessLogVerification> {
  mayReadLog(ctx)
  const now = ctx.clock.now()
  const to = query.to === undefined ? now : new Date(query.to)
  const from = query.from === undefined ? new Date(to.getTime() - dayMs) : new Date(query.from)
  if (from >= to) throw invalidAt('?from', 'invalid_value', 'from must be before to, which is now by default.')
  const endsAt = performance.now() + budgetMs
  return verifyRange(await openVerifier(), { from, to, now, mayGoOn: () => performance.now() < endsAt })
}
