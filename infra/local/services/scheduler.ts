import { join } from 'node:path'
import * as z from 'zod'
import { type Context, needs, type Service } from '../context.ts'
import { AwsError } from '../engines/aws-error.ts'
import type { ScheduleTarget } from '../engines/scheduler/schedule-input.ts'
import { type Scheduler, startScheduler } from '../engines/scheduler/start-scheduler.ts'
import { resourcesOf } from '../template.ts'

const scheduleProperties = z.looseObject({ Name: z.string().optional(), GroupName: z.string().default('default') })

/** EventBridge Scheduler with the template's groups and schedules; nothing runs before `schedules`. */
export const scheduler: Service = {
  name: 'scheduler',
  start: async context => {
    const { dataDir, assembly, authorize, log } = context
    const clock = { offsetMs: 0 }
    const engine = await startScheduler({
      now: () => Date.now() + clock.offsetMs,
      dir: join(dataDir, 'scheduler'),
      region: assembly.region,
      authorize,
      log,
      canAssume: rolesOfScheduler(context),
      start: (target, payload) => startTarget(context, target, payload),
      sendDeadLetter: (queueArn, body, attributes) => send(context, { queueArn, body, attributes }),
    })
    context.started.scheduler = { ...engine, moveClock: ms => moveClock(engine, clock, ms) }
    context.endpoints['scheduler'] = engine.url
    engine.applyTemplate({ groups: groupsOf(context), schedules: schedulesOf(context) })
    return engine.stop
  },
}

/** EventBridge Scheduler with a clock that a person can set apart from the machine's: what is due by it then runs at once. */
export type ClockedScheduler = Scheduler & { moveClock(offsetMs: number): Promise<void> }

async function moveClock(engine: Scheduler, clock: { offsetMs: number }, offsetMs: number): Promise<void> {
  clock.offsetMs = offsetMs
  await engine.runDue()
}

/** Lets schedules run, once everything that they start runs; ends before that does. */
export const schedules: Service = {
  name: 'schedules',
  start: async context => {
    const engine = needs(context, 'scheduler')
    engine.begin()
    return engine.pause
  },
}

function groupsOf({ assembly, resolve }: Context): string[] {
  const groups = resourcesOf(assembly, 'AWS::Scheduler::ScheduleGroup')
  return groups.map(({ logicalId, stack }) => String(resolve({ Ref: logicalId }, stack)))
}

function schedulesOf({ assembly, resolve }: Context) {
  return resourcesOf(assembly, 'AWS::Scheduler::Schedule').map(({ logicalId, stack, properties: unresolved }) => {
    const properties = scheduleProperties.parse(resolve(unresolved, stack))
    return { groupName: properties.GroupName, name: String(resolve({ Ref: logicalId }, stack)), properties }
  })
}

/** Roles of the template that trust EventBridge Scheduler. */
function rolesOfScheduler({ assembly, resolve }: Context): (roleArn: string) => boolean {
  const trusting = resourcesOf(assembly, 'AWS::IAM::Role').filter(
    ({ properties: { AssumeRolePolicyDocument: trust } }) =>
      JSON.stringify(trust ?? {}).includes('"scheduler.amazonaws.com"'),
  )
  const arns = trusting.map(({ logicalId, stack }) => resolve({ 'Fn::GetAtt': [logicalId, 'Arn'] }, stack))
  return roleArn => arns.includes(roleArn)
}

async function startTarget(context: Context, target: ScheduleTarget, payload: string): Promise<void> {
  const service = target.Arn.split(':')[2]
  if (service === 'sqs') return send(context, { queueArn: target.Arn, body: payload })
  if (service === 'states') return startExecution(context, target.Arn, payload)
  if (service === 'events') return putEvent(context, target, payload)
  return invoke(context, target.Arn, payload)
}

/** The function has to end well: on AWS Lambda itself would try again, and use the function's own dead-letter queue. */
async function invoke(context: Context, functionArn: string, payload: string): Promise<void> {
  const functions = needs(context, 'functions')
  const outcome = await functions.invoke(findFunction(context, functionArn), JSON.parse(payload))
  if (!outcome.ok) throw named(`Lambda.${outcome.errorType}`, outcome.errorMessage)
}

function findFunction(context: Context, functionArn: string) {
  try {
    return needs(context, 'functions').find(functionArn)
  } catch (cause) {
    throw named('ResourceNotFoundException', String(cause))
  }
}

function send(context: Context, to: { queueArn: string; body: string; attributes?: Record<string, string> }): void {
  const texts = Object.entries(to.attributes ?? {}).map(
    ([name, text]) => [name, { DataType: 'String', StringValue: text }] as const,
  )
  try {
    needs(context, 'sqs').send(to.queueArn, [{ body: to.body, attributes: Object.fromEntries(texts) }])
  } catch (error) {
    throw error instanceof AwsError ? named(error.code, error.message) : error
  }
}

async function startExecution(context: Context, stateMachineArn: string, input: string): Promise<void> {
  const { SFNClient, StartExecutionCommand } = await import('@aws-sdk/client-sfn')
  const client = new SFNClient(clientOf(context, 'sfn'))
  await client.send(new StartExecutionCommand({ stateMachineArn, input }))
}

async function putEvent(
  context: Context,
  { Arn, EventBridgeParameters }: ScheduleTarget,
  Detail: string,
): Promise<void> {
  const { ErrorCode, ErrorMessage = '' } = await needs(context, 'eventbridge').put({
    EventBusName: Arn,
    Source: EventBridgeParameters?.Source,
    DetailType: EventBridgeParameters?.DetailType,
    Detail,
  })
  if (ErrorCode !== undefined) throw named(ErrorCode, ErrorMessage)
}

/** EventBridge Scheduler's own way to an engine: what its role allows it has looked up before. */
function clientOf({ endpoints, assembly }: Context, service: string) {
  const credentials = { accessKeyId: 'scheduler.amazonaws.com', secretAccessKey: 'local' }
  return { endpoint: endpoints[service] ?? '', region: assembly.region, credentials, maxAttempts: 1 }
}

function named(name: string, message: string): Error {
  return Object.assign(new Error(message), { name })
}
