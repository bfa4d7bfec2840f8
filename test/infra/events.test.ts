import { beforeAll, describe, expect, it } from 'vitest'
import { functionNamed, ofType, only, type Resources, synthesizeTenants } from './support/synthesized.ts'

let events: Resources
let reminders: Resources

beforeAll(async () => {
  const { acme } = await synthesizeTenants('acme')
  events = acme.events
  reminders = acme.reminders
})

const queue = (name: string) =>
  ofType(events, 'AWS::SQS::Queue').find(([, q]) => q.Properties.QueueName === `evergreen-acme-${name}`)

const arnOf = (name: string) => ({ 'Fn::GetAtt': [queue(name)?.[0], 'Arn'] })

describe('publish-changes', () => {
  const mapping = () => ofType(events, 'AWS::Lambda::EventSourceMapping').find(([id]) => id.startsWith('Changes'))?.[1]

  it('is invoked for new change items only', () => {
    const patterns = mapping()?.Properties.FilterCriteria.Filters.map((f: { Pattern: string }) => JSON.parse(f.Pattern))
    expect(patterns).toEqual([{ eventName: ['INSERT'], dynamodb: { Keys: { sk: { S: [{ prefix: 'V#' }] } } } }])
  })

  it('retries within bounds, part of a batch at a time, and gives up into a dead-letter queue', () => {
    expect(mapping()?.Properties).toMatchObject({
      BatchSize: 100,
      MaximumRetryAttempts: 10,
      MaximumRecordAgeInSeconds: 86_400,
      BisectBatchOnFunctionError: true,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      DestinationConfig: { OnFailure: { Destination: arnOf('publish-changes-dead-letters') } },
    })
  })
})

it('the bus keeps what it cannot encrypt or decrypt', () => {
  expect(only(events, 'AWS::Events::EventBus').DeadLetterConfig).toEqual({ Arn: arnOf('bus-dead-letters') })
})

describe.each([
  ['update-search', { source: ['evergreen.records'] }],
  ['sync-sign-in', { source: ['evergreen.records'], detail: { object: ['user'] } }],
  ['find-duplicates', { source: ['evergreen.records'], detail: { object: ['customer', 'contact', 'merge'] } }],
  [
    'move-children',
    { source: ['evergreen.records'], detail: { object: ['customer', 'contact', 'activity', 'merge'] } },
  ],
  ['complete-verification', { source: ['evergreen.records'], detail: { object: ['customer', 'contact', 'activity'] } }],
  ['sample-audit', { source: ['evergreen.records'], detail: { object: ['audit', 'run'] } }],
])('consumer %s', (name, pattern) => {
  const rule = () =>
    ofType(events, 'AWS::Events::Rule').find(
      ([, r]) => JSON.stringify(r.Properties.Targets[0].Arn) === JSON.stringify(arnOf(name)),
    )?.[1].Properties

  it('gets its events through its own queue, and what cannot be delivered is kept', () => {
    expect(rule()).toMatchObject({
      EventPattern: pattern,
      State: 'ENABLED',
      Targets: [{ DeadLetterConfig: { Arn: arnOf(`${name}-dead-letters`) } }],
    })
  })

  it('takes back only what failed, five times, then sets it aside', () => {
    const mapping = ofType(events, 'AWS::Lambda::EventSourceMapping').find(
      ([, m]) => JSON.stringify(m.Properties.EventSourceArn) === JSON.stringify(arnOf(name)),
    )?.[1].Properties
    expect(mapping).toMatchObject({ BatchSize: 10, FunctionResponseTypes: ['ReportBatchItemFailures'] })
    expect(queue(name)?.[1].Properties.RedrivePolicy).toEqual({
      deadLetterTargetArn: arnOf(`${name}-dead-letters`),
      maxReceiveCount: 5,
    })
  })

  it('cannot see a message twice while its function still works on it', () => {
    const { Timeout } = functionNamed(events, name)
    expect(queue(name)?.[1].Properties.VisibilityTimeout).toBeGreaterThanOrEqual(6 * Timeout)
  })
})

it('mail and webhooks are tried for an hour: an outage of SES or of a receiver loses none', () => {
  const named = (name: string) =>
    ofType(reminders, 'AWS::SQS::Queue').find(([, q]) => q.Properties.QueueName === `evergreen-acme-${name}`)?.[1]
      .Properties
  const { RedrivePolicy, VisibilityTimeout } = named('deliver-notifications')
  expect((RedrivePolicy.maxReceiveCount - 1) * VisibilityTimeout).toBeGreaterThanOrEqual(3_600)
  expect(named('fire-reminders').RedrivePolicy.maxReceiveCount).toBe(5)
})

it('every queue either gives up into another one or is a dead-letter queue', () => {
  const queues = ofType(events, 'AWS::SQS::Queue').map(([, { Properties: q }]) => q)
  const withoutEnd = queues.filter(q => !q.RedrivePolicy && !q.QueueName.endsWith('-dead-letters'))
  expect(withoutEnd).toEqual([])
})
