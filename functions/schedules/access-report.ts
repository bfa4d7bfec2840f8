import * as z from 'zod'
import { openJobContext } from '#functions/edge/context.ts'
import { step } from '#functions/edge/step.ts'
import { systemActor } from '#lib/permissions/system-actor.ts'
import { required } from '#lib/runtime/env.ts'
import { createStore, openTable } from '#lib/store/table.ts'

const input = z.object({
  kind: z.literal('accessReport'),
  /** The time the schedule stands for: the report is of the month before. */
  scheduledAt: z.iso.datetime({ offset: true }).transform(text => new Date(text)),
})

/** Once a month: who saw and exported how much, to those who may ask the access log. */
export const handler = step(input, async ({ scheduledAt }, { log, requestId }) => {
  const ctx = await openJobContext({ actor: systemActor, requestId, source: 'schedule/access-report', log })
  const { sendMonthlyReport } = await import('#lib/access-watch/monthly-report.ts')
  const index = createStore(openTable(required('ACCESS_LOG_TABLE_NAME')))
  return sendMonthlyReport(ctx, index, scheduledAt)
})
