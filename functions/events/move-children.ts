import { consumeRecords } from '#functions/edge/consumer.ts'
import { eventContext } from '#functions/events/event-context.ts'
import { followSurvivors } from '#lib/merge/follow-survivors.ts'
import { settleChildren } from '#lib/merge/settle-children.ts'
import type { Context } from '#lib/runtime/context.ts'
import { prefixOf } from '#lib/runtime/ids.ts'
import type { Logger } from '#lib/runtime/logger.ts'
import { pauseMs } from '#lib/store/backoff.ts'
import type { RecordEvent } from '#schemas/events/record-changed.ts'
import { standardObjects } from '#schemas/registry.ts'
import { merge } from '#schemas/system/merge.ts'

/** 2,000 children in the function's time; the message comes back for the rest. */
const childrenAtOnce = 2_000
/** 12 turns with pauses of up to a second each. */
const turns = 12

/** Finishes what merges left to do: moves children that wait, and records that still name one that was absorbed. */
export const handler = consumeRecords(settle, concernsParents)

async function settle(ids: readonly string[], log: Logger): Promise<string[]> {
  const ctx = await eventContext('move-children', log)
  const merges = ids.filter(id => prefixOf(id) === merge.prefix)
  const again: string[] = []
  for (const id of merges) {
    if (!(await isSettled(ctx, id))) again.push(id)
  }
  const others = ids.filter(id => !merges.includes(id))
  return [...again, ...(await followSurvivors(ctx, others))]
}

/** The request that merged may be at the same children: it and this take turns, rather than wait for the queue. */
async function isSettled(ctx: Context, mergeId: string): Promise<boolean> {
  for (let attempt = 1; attempt <= turns; attempt++) {
    const { pending } = await settleChildren(ctx, mergeId, { atMost: childrenAtOnce })
    if (!pending) return true
    await pauseMs(attempt)
  }
  return false
}

/** A change that names no other record concerns no parent. */
function concernsParents({ 'detail-type': type, detail }: RecordEvent): boolean {
  if (type !== 'RecordUpdated' || detail.object === merge.name) return true
  const fields = standardObjects.byName.get(detail.object)?.fields ?? {}
  return detail.changedFields.some(name => fields[name]?.type === 'reference')
}
