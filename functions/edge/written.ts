import { created, noContent, ok } from '#functions/edge/answers.ts'
import { etagOf } from '#functions/edge/conditions.ts'
import type { Answer } from '#functions/edge/http.ts'
import type { Written } from '#lib/records/write.ts'
import type { ObjectDefinition } from '#schemas/definition.ts'

/** The answer to a write: 201 with its place, 204 for a deletion, else 200; a dry run is always 200. */
export function writtenAnswer(object: ObjectDefinition, written: Written, isDryRun: boolean | undefined): Answer {
  const { record, id, version, outcome } = written
  if (isDryRun) return ok(record, { 'x-dry-run': 'true' })
  const replayed = written.replayed ? { 'idempotency-replayed': 'true' } : {}
  if (outcome === 'deleted') return noContent(replayed)
  const headers = { etag: etagOf(id, version), ...replayed }
  return outcome === 'created' ? created(record, `/v1/${object.plural}/${id}`, headers) : ok(record, headers)
}
