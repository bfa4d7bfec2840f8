import { consumeRecords, oneByOne } from '#functions/edge/consumer.ts'
import { eventContext } from '#functions/events/event-context.ts'
import { settleDeleted, settleTask } from '#lib/refresh/settle-verification.ts'
import { prefixOf } from '#lib/runtime/ids.ts'
import type { Logger } from '#lib/runtime/logger.ts'
import type { RecordEvent } from '#schemas/events/record-changed.ts'
import { activity } from '#schemas/objects/activity.ts'

/** Marks records as verified when their verification tasks are done, and drops the tasks of records that are deleted. */
export const handler = consumeRecords(settle, concernsVerification)

/** Fields of a task that decide what it verifies, and whether it has. */
const deciding = ['status', 'customerId', 'contactId', 'purpose']

async function settle(ids: readonly string[], log: Logger): Promise<readonly string[]> {
  const ctx = await eventContext('complete-verification', log)
  const isTask = (id: string) => prefixOf(id) === activity.prefix
  return oneByOne(id => (isTask(id) ? settleTask(ctx, id) : settleDeleted(ctx, id)))(ids, log)
}

/** New tasks verify nothing yet; of other records only their end matters. */
function concernsVerification({ 'detail-type': type, detail }: RecordEvent): boolean {
  if (detail.object !== activity.name) return type === 'RecordDeleted'
  if (type === 'RecordRestored') return true
  return type === 'RecordUpdated' && detail.changedFields.some(name => deciding.includes(name))
}
