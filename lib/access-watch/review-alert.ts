import { mayReadLog } from '#lib/access-log/may-read-log.ts'
import { invalidAt, notFound } from '#lib/errors.ts'
import { changeJob } from '#lib/jobs/job-record.ts'
import { scopeOf } from '#lib/permissions/rules.ts'
import { type RecordView, viewRecord } from '#lib/records/view.ts'
import type { Context } from '#lib/runtime/context.ts'
import { accessAlert, type alertConclusions } from '#schemas/system/access-alert.ts'

/** What somebody who looked into an alert found, and did about it. */
export type AlertReview = { id: string; conclusion: (typeof alertConclusions)[number]; note: string }

/**
 * Keeps what an alert came to, with who says so and when. Those who are told of alerts may: who may change users. Said again,
 * the last counts.
 * @throws CrmError `not_found`; `validation_failed` for an alert about oneself.
 */
export async function reviewAlert(
  ctx: Context,
  { id, conclusion, note }: AlertReview,
): Promise<{ record: RecordView; version: number }> {
  mayReadLog(ctx)
  if (scopeOf(ctx.actor, 'user', 'update') !== 'all') throw notFound(accessAlert.name, id, 'review')
  const record = await changeJob(ctx, { object: accessAlert, id }, ({ fields }) => {
    if (fields['actorId'] === ctx.actor.id)
      throw invalidAt('', 'own_alert', 'This alert is about you: somebody else must review it.')
    return { conclusion, note, reviewedAt: ctx.clock.now().toISOString(), reviewedBy: ctx.actor.id }
  })
  return { record: viewRecord(ctx, accessAlert, record), version: record.version }
}
