import type { SQSBatchResponse, SQSEvent } from 'aws-lambda'
import { consumeRecords } from '#functions/edge/consumer.ts'
import { openStore } from '#functions/edge/context.ts'
import { readEnv, required } from '#lib/runtime/env.ts'
import { createLogger, type Logger } from '#lib/runtime/logger.ts'
import { matchSchedules, openScheduleGroup, type ScheduleGroup } from '#lib/schedules/match-schedules.ts'
import { wantedSchedules } from '#lib/schedules/wanted-schedules.ts'
import { settingId } from '#lib/settings/setting-id.ts'
import { policyIn } from '#lib/settings/stored-policy.ts'
import { readRecord } from '#lib/store/read.ts'

let group: ScheduleGroup | undefined

const consume = consumeRecords(async (_, log) => {
  await updateSchedules(log)
  return []
})

/**
 * Moves the schedules to where the tenant's policy wants them: when the policy changes (messages of a queue), and once a
 * day (anything else), since a deployment that changes a schedule sets it back to the product's own times.
 */
export async function handler(event: SQSEvent | { Records?: never }): Promise<SQSBatchResponse> {
  if (event.Records) return consume(event)
  await updateSchedules(createLogger({}))
  return { batchItemFailures: [] }
}

/** Done again when the policy changed meanwhile: of two runs that overlap, the one that ends last has seen the newest. */
async function updateSchedules(log: Logger): Promise<void> {
  group ??= openScheduleGroup(required('SCHEDULE_GROUP'))
  const store = openStore()
  let setting = await readRecord(store, settingId)
  for (let done = -1; done !== (setting?.version ?? 0); setting = await readRecord(store, settingId)) {
    done = setting?.version ?? 0
    const moved = await matchSchedules(group, wantedSchedules(policyIn(setting, log), readEnv().TENANT.timeZone))
    if (moved.length > 0) log.info('Schedules were moved', { schedules: moved, settingVersion: done })
  }
}
