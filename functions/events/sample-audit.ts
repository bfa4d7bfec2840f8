import { consumeRecords, oneByOne } from '#functions/edge/consumer.ts'
import { eventContext } from '#functions/events/event-context.ts'
import { auditAfterRun } from '#lib/audit/create-audit.ts'
import { sampleAudit } from '#lib/audit/sample-audit.ts'
import { prefixOf } from '#lib/runtime/ids.ts'
import type { Logger } from '#lib/runtime/logger.ts'
import type { RecordEvent } from '#schemas/events/record-changed.ts'
import { run } from '#schemas/system/run.ts'

/** Draws the samples of new audits, and asks for last month's once a cleanup has ended. */
export const handler = consumeRecords(draw, concernsAudits)

async function draw(ids: readonly string[], log: Logger): Promise<readonly string[]> {
  const ctx = await eventContext('sample-audit', log)
  const isRun = (id: string) => prefixOf(id) === run.prefix
  return oneByOne(id => (isRun(id) ? auditAfterRun(ctx, id) : sampleAudit(ctx, id)))(ids, log)
}

/** An audit is drawn once, when it is new; a run matters when its state changes. */
function concernsAudits({ 'detail-type': type, detail }: RecordEvent): boolean {
  if (detail.object === run.name) return type === 'RecordUpdated' && detail.changedFields.includes('state')
  return type === 'RecordCreated'
}
