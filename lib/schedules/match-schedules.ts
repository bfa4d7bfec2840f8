import {
  GetScheduleCommand,
  type GetScheduleCommandOutput,
  SchedulerClient,
  UpdateScheduleCommand,
} from '@aws-sdk/client-scheduler'
import { unavailable } from '#lib/errors.ts'
import { isOutage } from '#lib/runtime/outage.ts'
import type { WantedSchedule } from '#lib/schedules/wanted-schedules.ts'

/** A group of schedules and the connection to it. */
export type ScheduleGroup = { name: string; client: SchedulerClient }

/** Opens a group by its name. */
export function openScheduleGroup(name: string): ScheduleGroup {
  return { name, client: new SchedulerClient({ maxAttempts: 5, retryMode: 'standard' }) }
}

/**
 * Brings the schedules of a group to the times they are to run at; what else they are stays as it was deployed.
 * @returns the names of those that had to be moved.
 * One that cannot be moved keeps none of the others.
 * @throws CrmError `unavailable` when EventBridge Scheduler does not answer; doing it again is safe.
 */
export async function matchSchedules(
  group: ScheduleGroup,
  wanted: Readonly<Record<string, WantedSchedule>>,
): Promise<string[]> {
  const moved: string[] = []
  const failures: unknown[] = []
  for (const [name, times] of Object.entries(wanted)) {
    try {
      if (await moveSchedule(group, name, times)) moved.push(name)
    } catch (error) {
      failures.push(error)
    }
  }
  const [failure] = failures
  if (failures.length === 0) return moved
  if (failures.some(isOutage)) throw unavailable('The schedules cannot be moved. Doing it again is safe.', failure)
  throw failure
}

async function moveSchedule({ name: GroupName, client }: ScheduleGroup, Name: string, wanted: WantedSchedule) {
  const is = await client.send(new GetScheduleCommand({ GroupName, Name }))
  const times = {
    ScheduleExpression: wanted.expression,
    ScheduleExpressionTimezone: wanted.timeZone,
    State: wanted.isEnabled ? 'ENABLED' : 'DISABLED',
  } as const
  if (isAt(is, times)) return false
  const { Target, FlexibleTimeWindow = { Mode: 'OFF' } } = is
  if (!Target) throw new Error(`Schedule ${GroupName}/${Name} has no target: deploy it again.`)
  await client.send(new UpdateScheduleCommand({ ...kept(is), ...times, GroupName, Name, Target, FlexibleTimeWindow }))
  return true
}

type Times = Pick<GetScheduleCommandOutput, 'ScheduleExpression' | 'ScheduleExpressionTimezone' | 'State'>

function isAt(is: Times, wanted: Times): boolean {
  return (
    is.ScheduleExpression === wanted.ScheduleExpression &&
    is.ScheduleExpressionTimezone === wanted.ScheduleExpressionTimezone &&
    is.State === wanted.State
  )
}

/** An update sets what it does not name back to its default. A start is left out: ours have none, and AWS refuses one that is over. */
function kept({ Description, KmsKeyArn, EndDate, ActionAfterCompletion }: GetScheduleCommandOutput) {
  return { Description, KmsKeyArn, EndDate, ActionAfterCompletion }
}
