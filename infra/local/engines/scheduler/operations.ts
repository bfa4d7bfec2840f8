import * as z from 'zod'
import { AwsError } from '../aws-error.ts'
import type { EngineSettings } from '../engine.ts'
import { groupRoutes } from './group-operations.ts'
import type { RestCall, RestRoutes } from './rest-server.ts'
import { checkTarget, checkTimes, nameShape, type ScheduleDefinition, scheduleShape } from './schedule-input.ts'
import type { ScheduleStore, StoredSchedule } from './schedule-store.ts'
import type { ScheduleKey, Schedules } from './schedules.ts'

/** What operations work with. */
export type SchedulerParts = {
  store: ScheduleStore
  schedules: Schedules
  settings: EngineSettings
  canAssume: (roleArn: string) => boolean
  /** Called when a schedule's next time may have changed. */
  changed: () => void
}

const writeInput = scheduleShape.extend({
  GroupName: nameShape.default('default'),
  ClientToken: z.string().max(64).optional(),
})

const listInput = z.object({
  ScheduleGroup: nameShape.optional(),
  NamePrefix: nameShape.optional(),
  State: z.enum(['ENABLED', 'DISABLED']).optional(),
  MaxResults: z.coerce.number().int().min(1).max(100).default(100),
  NextToken: z.string().optional(),
})

/** All operations of the engine. */
export function schedulerRoutes(parts: SchedulerParts): RestRoutes {
  return {
    ...groupRoutes(parts),
    'POST /schedules/*': call => write(parts, call, 'CreateSchedule'),
    'PUT /schedules/*': call => write(parts, call, 'UpdateSchedule'),
    'GET /schedules/*': call => get(parts, call),
    'DELETE /schedules/*': call => remove(parts, call),
    'GET /schedules': call => list(parts, call),
  }
}

/** An update replaces the whole definition: what it does not name goes back to its default. */
function write(parts: SchedulerParts, call: RestCall, action: 'CreateSchedule' | 'UpdateSchedule') {
  const { store, schedules, changed } = parts
  const { GroupName, ClientToken, ...definition } = writeInput.parse(call.body)
  const key = { groupName: GroupName, name: nameShape.parse(call.name) }
  const ScheduleArn = schedules.arnOf(key)
  demandWrite(call, definition, { action, arn: ScheduleArn })
  assertGroup(store, GroupName)
  const existing = store.schedule(key.groupName, key.name)
  if (action === 'CreateSchedule' && existing) {
    // A client that did not hear the answer asks again with the same token.
    if (ClientToken !== undefined && existing.clientToken === ClientToken) return { ScheduleArn }
    throw new AwsError('ConflictException', `Schedule ${key.name} already exists.`, { status: 409 })
  }
  if (action === 'UpdateSchedule' && !existing) throw noSchedule(key)
  check(parts, definition)
  schedules.save(key, definition, ClientToken ?? null)
  changed()
  return { ScheduleArn }
}

/** Whoever makes a schedule hands over its role, and uses the key that its input is encrypted with. */
function demandWrite(
  call: RestCall,
  { Target, KmsKeyArn }: ScheduleDefinition,
  { action, arn }: { action: string; arn: string },
) {
  call.demand(`scheduler:${action}`, arn)
  call.demand('iam:PassRole', Target.RoleArn)
  if (KmsKeyArn === undefined) return
  for (const use of ['DescribeKey', 'GenerateDataKey', 'Decrypt']) call.demand(`kms:${use}`, KmsKeyArn)
}

function check({ settings, canAssume }: SchedulerParts, definition: ScheduleDefinition): void {
  checkTimes(definition, settings.now())
  checkTarget(definition)
  if (canAssume(definition.Target.RoleArn)) return
  const message = 'The execution role you provide must allow AWS EventBridge Scheduler to assume the role.'
  throw new AwsError('ValidationException', message)
}

function get({ store, schedules }: SchedulerParts, call: RestCall) {
  const key = keyOf(call)
  call.demand('scheduler:GetSchedule', schedules.arnOf(key))
  const { definition, ...schedule } = find(store, key)
  if (definition.KmsKeyArn !== undefined) call.demand('kms:Decrypt', definition.KmsKeyArn)
  return { ...identity(schedules, schedule), ...definition }
}

function remove({ store, schedules, changed }: SchedulerParts, call: RestCall) {
  const key = keyOf(call)
  call.demand('scheduler:DeleteSchedule', schedules.arnOf(key))
  find(store, key)
  store.remove(key.groupName, key.name)
  changed()
  return {}
}

function list({ store, schedules }: SchedulerParts, call: RestCall) {
  call.demand('scheduler:ListSchedules', '*')
  const {
    ScheduleGroup,
    NamePrefix = '',
    State,
    MaxResults,
    NextToken = '',
  } = listInput.parse(Object.fromEntries(call.query))
  if (ScheduleGroup !== undefined) assertGroup(store, ScheduleGroup)
  const found = store
    .schedules()
    .filter(({ groupName }) => ScheduleGroup === undefined || groupName === ScheduleGroup)
    .filter(({ name, definition }) => name.startsWith(NamePrefix) && (State ?? definition.State) === definition.State)
    .filter(schedule => placeOf(schedule) > NextToken)
  const page = found.slice(0, MaxResults)
  const last = page.at(-1)
  return {
    Schedules: page.map(({ definition: { State, Target }, ...schedule }) => ({
      ...identity(schedules, schedule),
      State,
      Target: { Arn: Target.Arn },
    })),
    ...(found.length > page.length && last && { NextToken: placeOf(last) }),
  }
}

/** Where a schedule stands in a list: a blank sorts before all that a name can hold. */
function placeOf({ groupName, name }: ScheduleKey): string {
  return `${groupName} ${name}`
}

function identity(
  schedules: Schedules,
  schedule: Pick<StoredSchedule, 'groupName' | 'name' | 'createdAt' | 'modifiedAt'>,
) {
  return {
    Arn: schedules.arnOf(schedule),
    GroupName: schedule.groupName,
    Name: schedule.name,
    CreationDate: schedule.createdAt / 1000,
    LastModificationDate: schedule.modifiedAt / 1000,
  }
}

function keyOf({ name, query }: RestCall): ScheduleKey {
  return { groupName: nameShape.parse(query.get('groupName') ?? 'default'), name: nameShape.parse(name) }
}

function find(store: ScheduleStore, key: ScheduleKey): StoredSchedule {
  const schedule = store.schedule(key.groupName, key.name)
  if (schedule) return schedule
  throw noSchedule(key)
}

function noSchedule({ name }: ScheduleKey): AwsError {
  return new AwsError('ResourceNotFoundException', `Schedule ${name} does not exist.`, { status: 404 })
}

function assertGroup(store: ScheduleStore, name: string): void {
  if (store.group(name)) return
  throw new AwsError('ResourceNotFoundException', `Schedule group ${name} does not exist.`, { status: 404 })
}
