import { textOf } from '#lib/records/owner-of.ts'
import type { Context } from '#lib/runtime/context.ts'
import { readRecord } from '#lib/store/read.ts'
import { isTimeZone } from '#schemas/tenant.ts'

/** The zone in which a user lives by the clock: their own, else the tenant's. */
export async function zoneOfUser(
  { store, tenant }: Pick<Context, 'store' | 'tenant'>,
  userId: string | undefined,
): Promise<string> {
  const user = userId === undefined ? undefined : await readRecord(store, userId)
  const own = textOf(user?.fields['timeZone'])
  // Before zones were checked a user could be given any text.
  return own !== undefined && isTimeZone(own) ? own : tenant.timeZone
}
