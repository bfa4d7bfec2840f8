import type * as z from 'zod'
import { invalidAt } from '#lib/errors.ts'
import type { StartRun } from '#schemas/api/maintenance.ts'
import type { JsonObject } from '#schemas/json.ts'
import type { startableKinds } from '#schemas/system/run.ts'

type Kind = (typeof startableKinds)[number]

/** The kind that each member is about. */
const belongsTo = { dryRun: 'cleanup', full: 'backup', backupId: 'restoreDrill' } as const satisfies Record<
  string,
  Kind
>

/**
 * What to run, of the body of a request; a cleanup when it says nothing.
 * @throws CrmError `validation_failed` naming a member that belongs to another kind.
 */
export function checkStart(body: z.output<typeof StartRun.body>): {
  kind: Kind
  dryRun: boolean
  request?: JsonObject
} {
  const { kind = 'cleanup', dryRun = false, full, backupId } = body ?? {}
  const given = { dryRun: dryRun || undefined, full, backupId }
  for (const [name, owner] of Object.entries(belongsTo))
    if (kind !== owner && Reflect.get(given, name) !== undefined)
      throw invalidAt(`/${name}`, 'not_allowed', `"${name}" goes with kind "${owner}"; leave it out for "${kind}".`)
  if (full !== undefined) return { kind, dryRun, request: { full } }
  return { kind, dryRun, ...(backupId !== undefined && { request: { backupId } }) }
}
