import { ok } from '#functions/edge/answers.ts'
import { etagOf } from '#functions/edge/conditions.ts'
import type { Answer } from '#functions/edge/http.ts'
import { mergedBody } from '#functions/edge/merged.ts'
import { problemOf } from '#functions/edge/problem.ts'
import type { BatchResult } from '#lib/records/operations/run-batch.ts'

/** 5 MB: below what Lambda can answer. What was written must be told, so records are left out, never results. */
const mostRecordBytes = 5_000_000

/** The answer to a batch: one result per operation, in order. */
export function batchAnswer(
  outcomes: readonly BatchResult[],
  options: { traceId: string; dryRun: boolean | undefined },
): Answer {
  let bytes = 0
  const results = outcomes.map(outcome => {
    const result = resultOf(outcome, options.traceId)
    bytes += Buffer.byteLength(JSON.stringify(result))
    if (bytes <= mostRecordBytes || !('record' in result)) return result
    const { record: _, ...rest } = result
    return rest
  })
  const isReplayed = outcomes.length > 0 && outcomes.every(outcome => 'written' in outcome && outcome.written.replayed)
  return ok(
    { results },
    {
      ...(options.dryRun && { 'x-dry-run': 'true' }),
      ...(isReplayed && { 'idempotency-replayed': 'true' }),
    },
  )
}

function resultOf(outcome: BatchResult, traceId: string) {
  if ('error' in outcome) {
    if (outcome.error.code === 'record_merged') {
      const { id, mergedInto } = mergedBody(outcome.error)
      return { status: 308, id, mergedInto }
    }
    const problem = problemOf(outcome.error, traceId)
    return { status: problem.status, problem }
  }
  if (!('written' in outcome)) {
    const { record, version } = outcome
    return { status: 200, id: String(record['id']), etag: etagOf(String(record['id']), version), record }
  }
  const { id, version, record, outcome: what } = outcome.written
  if (what === 'deleted') return { status: 204, id }
  return { status: what === 'created' ? 201 : 200, id, etag: etagOf(id, version), record }
}
