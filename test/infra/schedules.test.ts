import { beforeAll, describe, expect, it } from 'vitest'
import { parseExpression } from '#infra/local/engines/scheduler/schedule-expression.ts'
import {
  functionNamed,
  ofType,
  only,
  type Properties,
  type Resources,
  synthesizeTenants,
} from './support/synthesized.ts'

let acme: Resources
let local: Resources

beforeAll(async () => {
  const tenants = await synthesizeTenants('acme', 'local')
  acme = tenants.acme.schedules
  local = tenants.local.schedules
})

const names = [
  'cleanup',
  'weekly-report',
  'backup',
  'restore-drill',
  'match-schedules',
  'write-digest',
  'verify-access-log',
  'access-report',
]

const schedule = (name: string, of = acme): Properties =>
  ofType(of, 'AWS::Scheduler::Schedule').find(([, { Properties: p }]) => p.Name === name)?.[1].Properties

const idOf = (type: string, has: (properties: Properties) => boolean) =>
  ofType(acme, type).find(([, { Properties: p }]) => has(p))?.[0]

const functionId = (name: string) => idOf('AWS::Lambda::Function', p => p.FunctionName === `evergreen-acme-${name}`)
const queueId = (name: string) => idOf('AWS::SQS::Queue', p => p.QueueName === `evergreen-acme-${name}`)
const arnOf = (logicalId: string | undefined) => ({ 'Fn::GetAtt': [logicalId, 'Arn'] })

const roleOf = (name: string): Properties => acme[schedule(name).Target.RoleArn['Fn::GetAtt'][0]]?.Properties
const statementsOf = (role: Properties): Properties[] => role.Policies[0].PolicyDocument.Statement

/** An ARN as text, with what only AWS knows left out. */
const plain = (value: unknown): string =>
  JSON.stringify(value)
    .replaceAll(/\{"Ref":"AWS::(\w+)"\}/g, '"$1"')
    .replace(/^\{"Fn::Join":\["",\[(.*)\]\]\}$/, '$1')
    .replaceAll(/","|"/g, '')

it('the stack has these schedules and no other, all in the group of the tenant', () => {
  const found = ofType(acme, 'AWS::Scheduler::Schedule').map(([, { Properties: p }]) => [p.GroupName, p.Name])
  expect(found.toSorted()).toEqual(names.map(name => ['evergreen-acme', name]).toSorted())
  expect(only(acme, 'AWS::Scheduler::ScheduleGroup').Name).toBe('evergreen-acme')
})

it.each([
  ['cleanup', 'start-cleanup', { kind: 'cleanup', scheduledAt: '<aws.scheduler.scheduled-time>' }, 'start-cleanup'],
  [
    'weekly-report',
    'weekly-report',
    { kind: 'weeklyReport', scheduledAt: '<aws.scheduler.scheduled-time>' },
    'weekly-report',
  ],
  ['backup', 'start-backup', { kind: 'backup', scheduledAt: '<aws.scheduler.scheduled-time>' }, 'start-backup'],
  [
    'restore-drill',
    'start-backup',
    { kind: 'restoreDrill', scheduledAt: '<aws.scheduler.scheduled-time>' },
    'start-backup',
  ],
  ['match-schedules', 'update-schedules', {}, 'update-schedules'],
  ['write-digest', 'write-digest', { kind: 'digest', scheduledAt: '<aws.scheduler.scheduled-time>' }, 'write-digest'],
  [
    'verify-access-log',
    'verify-access-log',
    { kind: 'verifyAccessLog', scheduledAt: '<aws.scheduler.scheduled-time>' },
    'verify-access-log',
  ],
  [
    'access-report',
    'access-report',
    { kind: 'accessReport', scheduledAt: '<aws.scheduler.scheduled-time>' },
    'access-report',
  ],
])('%s calls %s, and what cannot be started is kept', (name, called, input, letters) => {
  const { Target } = schedule(name)
  expect(Target.Arn).toEqual(arnOf(functionId(called)))
  expect(JSON.parse(Target.Input)).toEqual(input)
  expect(Target.DeadLetterConfig).toEqual({ Arn: arnOf(queueId(`${letters}-dead-letters`)) })
  expect(Target.RetryPolicy).toEqual({ MaximumEventAgeInSeconds: 21_600, MaximumRetryAttempts: 20 })
})

it.each(['start-cleanup', 'weekly-report', 'start-backup', 'write-digest', 'verify-access-log', 'access-report'])(
  '%s, called asynchronously, keeps what it fails at to the end',
  name => {
    const { DeadLetterConfig } = functionNamed(acme, name)
    expect(DeadLetterConfig).toEqual({ TargetArn: arnOf(queueId(`${name}-dead-letters`)) })
  },
)

it.each<[string, string, () => Resources]>([
  ['acme', 'Europe/Berlin', () => acme],
  ['local', 'Asia/Shanghai', () => local],
])('%s runs by the clocks of %s, at the times of a tenant that has decided nothing', (_, zone, resources) => {
  for (const name of ['cleanup', 'weekly-report', 'backup', 'restore-drill']) {
    const {
      ScheduleExpression,
      ScheduleExpressionTimezone,
      FlexibleTimeWindow,
      State = 'ENABLED',
    } = schedule(name, resources())
    expect([ScheduleExpressionTimezone, FlexibleTimeWindow, State]).toEqual([zone, { Mode: 'OFF' }, 'ENABLED'])
    expect(parseExpression(ScheduleExpression).kind).toBe('cron')
  }
})

it('the access log is signed every hour, five minutes past, and checked every morning by the clocks of the tenant', () => {
  const { ScheduleExpression, ScheduleExpressionTimezone } = schedule('write-digest')
  expect([ScheduleExpression, ScheduleExpressionTimezone]).toEqual(['cron(5 * * * ? *)', 'UTC'])
  const daily = schedule('verify-access-log', local)
  expect([daily.ScheduleExpression, daily.ScheduleExpressionTimezone]).toEqual(['cron(30 6 * * ? *)', 'Asia/Shanghai'])
})

it.each<[string, string[], string[]]>([
  // Who signs digests writes digests and anchors, and no log file; who checks writes neither.
  ['write-digest', ['access-log-anchors/*', 'AWSLogs/AccountId/CloudTrail-Digest/*'], ['kms:GetPublicKey', 'kms:Sign']],
  ['verify-access-log', ['verifications/*'], ['kms:GetPublicKey']],
])('%s may write %j only, and with the evidence key %j', (name, prefixes, withKey) => {
  const { Role } = functionNamed(acme, name)
  const statements = statementsOf(acme[Role['Fn::GetAtt'][0]]?.Properties)
  const actionsOf = ({ Action }: Properties): string[] => [Action].flat()
  const written = statements
    .filter(each => actionsOf(each).includes('s3:PutObject'))
    .flatMap(({ Resource }) => [Resource].flat().map(resource => plain(resource)))
  expect(written).toEqual(prefixes.map(prefix => expect.stringContaining(prefix)))
  const signing = ['kms:Sign', 'kms:GetPublicKey']
  expect(
    statements
      .flatMap(actionsOf)
      .filter(action => signing.includes(action))
      .toSorted(),
  ).toEqual(withKey)
})

describe.each(names)('the role of %s', name => {
  it('is assumed by EventBridge Scheduler for the group of this tenant only', () => {
    const [{ Principal, Condition }] = roleOf(name).AssumeRolePolicyDocument.Statement
    expect(Principal).toEqual({ Service: 'scheduler.amazonaws.com' })
    expect(Condition.StringEquals['aws:SourceAccount']).toEqual({ Ref: 'AWS::AccountId' })
    expect(plain(Condition.StringEquals['aws:SourceArn'])).toBe(
      'arn:aws:scheduler:eu-central-1:AccountId:schedule-group/evergreen-acme',
    )
  })

  it('starts its function and keeps its dead letters, and nothing else', () => {
    const { Target } = schedule(name)
    const allowed = statementsOf(roleOf(name)).map(({ Action, Resource }) => [Action, Resource])
    const key = expect.objectContaining({ 'Fn::ImportValue': expect.stringMatching(/^evergreen-acme-data:.*Key/) })
    expect(allowed).toEqual([
      ['lambda:InvokeFunction', Target.Arn],
      ['sqs:SendMessage', Target.DeadLetterConfig.Arn],
      [['kms:Decrypt', 'kms:GenerateDataKey'], key],
      ['kms:Decrypt', key],
    ])
  })

  it('decrypts the input of its own schedule only', () => {
    const context = 'kms:EncryptionContext:aws:scheduler:schedule:arn'
    const named = statementsOf(roleOf(name)).flatMap(({ Condition }) => Condition?.StringEquals[context] ?? [])
    expect(named.map(plain)).toEqual([`arn:aws:scheduler:eu-central-1:AccountId:schedule/evergreen-acme/${name}`])
  })
})

it('update-schedules moves the cleanup and the report, and hands over their roles to EventBridge Scheduler only', () => {
  const { Role } = functionNamed(acme, 'update-schedules')
  const statements = statementsOf(acme[Role['Fn::GetAtt'][0]]?.Properties)
  const of = (action: string) => statements.filter(({ Action }) => [Action].flat().includes(action))
  const moved = of('scheduler:UpdateSchedule').flatMap(({ Resource }) => [Resource].flat())
  const group = 'arn:aws:scheduler:eu-central-1:AccountId:schedule/evergreen-acme'
  expect(moved.map(plain).toSorted()).toEqual([
    `${group}/backup`,
    `${group}/cleanup`,
    `${group}/restore-drill`,
    `${group}/weekly-report`,
  ])
  const passed = of('iam:PassRole')
  expect(passed.flatMap(({ Resource }) => [Resource].flat())).toEqual([
    schedule('restore-drill').Target.RoleArn,
    schedule('backup').Target.RoleArn,
    schedule('cleanup').Target.RoleArn,
    schedule('weekly-report').Target.RoleArn,
  ])
  for (const { Condition } of passed) {
    expect(Condition).toEqual({ StringEquals: { 'iam:PassedToService': 'scheduler.amazonaws.com' } })
  }
})

it('update-schedules hears of every change of the settings, and of nothing else', () => {
  const rules = ofType(acme, 'AWS::Events::Rule').map(([, { Properties: p }]) => p)
  expect(rules.map(({ EventPattern }) => EventPattern)).toEqual([
    { source: ['evergreen.records'], detail: { object: ['setting'] } },
  ])
  expect(rules[0].Targets[0].Arn).toEqual(arnOf(queueId('update-schedules')))
})
