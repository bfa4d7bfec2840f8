import * as z from 'zod'
import { isTimeZone } from '#schemas/tenant.ts'
import { AwsError } from '../aws-error.ts'
import { nextRun, type Timing } from './next-run.ts'
import { parseExpression } from './schedule-expression.ts'
import { isTarget, takesJson } from './targets.ts'

/** Names of schedules and groups. */
export const nameShape = z.string().regex(/^[0-9A-Za-z_.-]{1,64}$/, '1 to 64 letters, digits, -, _ and . only')

/** Seconds since 1970, as the API writes times; a template has them as text. */
const moment = z.union([z.number(), z.iso.datetime({ offset: true }).transform(text => Date.parse(text) / 1000)])

const target = z.object({
  Arn: z.string().min(1).max(1600),
  RoleArn: z.string().regex(/^arn:aws[\w-]*:iam::\d{12}:role\/[\w+=,.@/-]+$/, 'the ARN of a role'),
  Input: z.string().min(1).max(262_144).optional(),
  DeadLetterConfig: z.object({ Arn: z.string().optional() }).optional(),
  RetryPolicy: z
    .object({
      MaximumEventAgeInSeconds: z.int().min(60).max(86_400).default(86_400),
      MaximumRetryAttempts: z.int().min(0).max(185).default(185),
    })
    .prefault({}),
  EventBridgeParameters: z.object({ DetailType: z.string().min(1).max(128), Source: z.string().min(1) }).optional(),
  SqsParameters: z.object({ MessageGroupId: z.string().min(1).max(128).optional() }).optional(),
})

/** What a schedule does and when, as CreateSchedule, UpdateSchedule and a template say it; defaults filled in. */
export const scheduleShape = z.object({
  ScheduleExpression: z.string().min(1).max(256),
  ScheduleExpressionTimezone: z.string().min(1).max(50).default('UTC'),
  StartDate: moment.optional(),
  EndDate: moment.optional(),
  Description: z.string().max(512).optional(),
  State: z.enum(['ENABLED', 'DISABLED']).default('ENABLED'),
  KmsKeyArn: z.string().optional(),
  FlexibleTimeWindow: z.discriminatedUnion('Mode', [
    z.object({ Mode: z.literal('OFF') }),
    z.object({ Mode: z.literal('FLEXIBLE'), MaximumWindowInMinutes: z.int().min(1).max(1440) }),
  ]),
  ActionAfterCompletion: z.enum(['NONE', 'DELETE']).default('NONE'),
  Target: target,
})

/** A schedule's definition with its defaults. */
export type ScheduleDefinition = z.output<typeof scheduleShape>

/** Where a schedule sends what. */
export type ScheduleTarget = ScheduleDefinition['Target']

/** AWS takes a start that is at most this long past. */
const startSlackMs = 300_000

/** When a schedule may run; throws ValidationException for an expression, a time zone or a target that AWS, or this engine, refuses. */
export function timingOf(definition: ScheduleDefinition, anchorAt: number): Timing {
  const { ScheduleExpression, ScheduleExpressionTimezone: timeZone, StartDate, EndDate } = definition
  if (!isTimeZone(timeZone)) throw refused(`Invalid ScheduleExpressionTimezone ${timeZone}.`)
  const inMs = (seconds: number | undefined) => (seconds === undefined ? undefined : seconds * 1000)
  const [startAt, endAt] = [inMs(StartDate), inMs(EndDate)]
  return { expression: parseExpression(ScheduleExpression), timeZone, anchorAt, startAt, endAt }
}

/** Checks a target, and what of a definition depends on more than one member; throws ValidationException. */
export function checkTarget({
  Target: { Arn, Input, EventBridgeParameters, DeadLetterConfig },
}: ScheduleDefinition): void {
  if (!isTarget(Arn)) throw refused(`Provided Arn is not in correct format, or nothing that runs here: ${Arn}`)
  if (Arn.split(':')[2] === 'events' && EventBridgeParameters === undefined) {
    throw refused('EventBridgeParameters is required for an event bus.')
  }
  if (DeadLetterConfig?.Arn !== undefined && !/^arn:aws[\w-]*:sqs:[^:]+:\d+:[\w-]+$/.test(DeadLetterConfig.Arn)) {
    throw refused('The dead-letter queue must be a standard SQS queue.')
  }
  // Placeholders stand within texts: what is JSON with them is JSON when they are filled in.
  if (takesJson(Arn) && Input !== undefined && !isJson(Input))
    throw refused('Input must be valid JSON for this target.')
}

/** Checks that what somebody asks for now has a time to come; throws ValidationException. */
export function checkTimes(definition: ScheduleDefinition, now: number): void {
  const { StartDate, EndDate, ScheduleExpression } = definition
  const timing = timingOf(definition, now)
  if (StartDate !== undefined && StartDate * 1000 < now - startSlackMs) {
    throw refused('The StartDate you specify cannot be earlier than 5 minutes ago.')
  }
  if (EndDate !== undefined && EndDate * 1000 <= Math.max(now, (StartDate ?? 0) * 1000)) {
    throw refused('The EndDate you specify must come after the StartDate and after now.')
  }
  if (timing.expression.kind === 'at' && nextRun(timing, now) === undefined) {
    throw refused(`Invalid Schedule Expression ${ScheduleExpression}. It is in the past, or no time of its zone.`)
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

function refused(message: string): AwsError {
  return new AwsError('ValidationException', message)
}
