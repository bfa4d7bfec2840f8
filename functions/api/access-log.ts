import { ok } from '#functions/edge/answers.ts'
import { etagOf } from '#functions/edge/conditions.ts'
import { on } from '#functions/edge/endpoint.ts'
import { serve } from '#functions/edge/route.ts'
import { findAccesses } from '#lib/access-log/find-accesses.ts'
import { required } from '#lib/runtime/env.ts'
import { createStore, openTable, type Table } from '#lib/store/table.ts'
import { FindAccesses, ReviewAccessAlert } from '#schemas/api/access-log.ts'
import { VerifyAccessLog } from '#schemas/api/access-log-verification.ts'

/** Loaded when called: the clients of S3 and KMS. Most calls ask the index. */
const verify = () => import('#lib/access-log/ask-verification.ts')

/** The writing half of the engine. */
const review = () => import('#lib/access-watch/review-alert.ts')

let table: Table | undefined

function openIndex() {
  table ??= openTable(required('ACCESS_LOG_TABLE_NAME'))
  return createStore(table)
}

export const handler = serve([
  on(FindAccesses, async (ctx, { query }) => ok(await findAccesses(ctx, openIndex(), query))),
  on(VerifyAccessLog, async (ctx, { query }) => {
    const { askVerification } = await verify()
    return ok(await askVerification(ctx, query))
  }),
  on(ReviewAccessAlert, async (ctx, { path: { id }, body }) => {
    const { reviewAlert } = await review()
    const { record, version } = await reviewAlert(ctx, { id, ...body })
    return ok(record, { etag: etagOf(id, version) })
  }),
])
