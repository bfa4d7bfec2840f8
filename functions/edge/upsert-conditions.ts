import { parseCondition, versionsOf } from '#functions/edge/conditions.ts'
import type { Sent } from '#functions/edge/endpoint.ts'
import { CrmError } from '#lib/errors.ts'
import { type UpsertRequest, upsertRecord } from '#lib/records/operations/upsert-record.ts'
import type { Context } from '#lib/runtime/context.ts'

/**
 * What `If-Match` and `If-None-Match: *` ask of an upsert. Tags name an id that the URL does not, so under `If-Match` the
 * record is looked up first, by a dry run.
 * @throws CrmError `version_conflict` when `If-Match` is sent and there is no record yet.
 */
export async function upsertConditions(
  ctx: Context,
  request: UpsertRequest,
  sent: Sent,
): Promise<Pick<UpsertRequest, 'ifVersions' | 'ifAbsent'>> {
  if (sent.ifNoneMatch !== undefined && sent.ifNoneMatch.trim() !== '*')
    throw new CrmError('validation_failed', 'If-None-Match must be * here: create, but change nothing that exists.')
  const ifAbsent = sent.ifNoneMatch !== undefined
  const condition = parseCondition('If-Match', sent.ifMatch)
  if (condition === undefined) return { ifAbsent }
  const { id, outcome } = await upsertRecord(ctx, { ...request, dryRun: true })
  if (outcome === 'created')
    throw new CrmError('version_conflict', 'If-Match asks for a record that exists; there is none.')
  return { ifAbsent, ifVersions: versionsOf(condition, id) }
}
