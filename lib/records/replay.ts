import { idempotencyKeyReused, notFound } from '#lib/errors.ts'
import { openQuality } from '#lib/quality/open-quality.ts'
import { recordAtVersion } from '#lib/records/rewind.ts'
import { viewRecord } from '#lib/records/view.ts'
import type { Written } from '#lib/records/write.ts'
import type { Context } from '#lib/runtime/context.ts'
import type { IdempotencyOutcome } from '#lib/store/items.ts'
import { readIdempotency, readRecord } from '#lib/store/read.ts'

/**
 * What an earlier request with this context's Idempotency-Key wrote, each record as it was then; undefined when there was none.
 * @throws CrmError `idempotency_key_reused` when that request was another one.
 */
export async function replay(ctx: Context): Promise<Written[] | undefined> {
  if (!ctx.idempotency) return undefined
  const earlier = await readIdempotency(ctx.store, ctx.idempotency.key, ctx.clock.now())
  if (!earlier) return undefined
  if (earlier.requestHash !== ctx.idempotency.requestHash) throw idempotencyKeyReused()
  return Promise.all(earlier.writes.map(write => replayWrite(ctx, write)))
}

async function replayWrite(ctx: Context, write: IdempotencyOutcome['writes'][number]): Promise<Written> {
  const object = ctx.objects.byName.get(write.object)
  const now = object && (await readRecord(ctx.store, write.id))
  const then = now && (await recordAtVersion(ctx.store, now, write.version))
  if (!object || !then) throw notFound(write.object, write.id)
  await openQuality(object)
  const record = viewRecord(ctx, object, then)
  return { record, id: write.id, version: write.version, outcome: write.action, replayed: true }
}
