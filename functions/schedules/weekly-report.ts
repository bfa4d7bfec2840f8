import * as z from 'zod'
import { openJobContext } from '#functions/edge/context.ts'
import { step } from '#functions/edge/step.ts'
import { systemActor } from '#lib/permissions/system-actor.ts'
import { required } from '#lib/runtime/env.ts'
import { openFiles } from '#lib/runtime/files.ts'

const input = z.object({
  kind: z.literal('weeklyReport'),
  /** The time the schedule stands for, which EventBridge Scheduler fills in: the same time is the same reports. */
  scheduledAt: z.iso.datetime({ offset: true }).transform(text => new Date(text).toISOString()),
})

/** Once a week: the quality report to each owner and manager. */
export const handler = step(input, async ({ scheduledAt }, { log, requestId }) => {
  const source = `weekly-report/${scheduledAt}`
  const ctx = await openJobContext({ actor: systemActor, requestId, source, log })
  const { sendWeeklyReports } = await import('#lib/quality-report/send-weekly-reports.ts')
  const sent = await sendWeeklyReports(ctx, openFiles(required('FILES_BUCKET')), scheduledAt)
  log.info('Weekly quality reports', sent)
  return sent
})
