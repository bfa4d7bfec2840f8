import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { anchorOf } from '#infra/constructs/alarm.ts'
import { entries } from '#infra/entries.ts'
import { readTenant } from '#infra/tenant-file.ts'
import { ofType, only, type Properties, type Synthesized, synthesizeTenants } from './support/synthesized.ts'

let acme: Synthesized

beforeAll(async () => {
  acme = (await synthesizeTenants('acme')).acme
})

const alarms = (): Properties[] => ofType(acme.observability, 'AWS::CloudWatch::Alarm').map(([, a]) => a.Properties)

const alarmed = (metric: string) =>
  alarms()
    .filter(alarm => alarm.MetricName === metric)
    .map(alarm => alarm.Dimensions[0].Value)
    .sort()

/** `evergreen-acme-import ExecutionsFailed` */
const watchedRuns = ({ MetricStat: { Metric } }: Properties): string =>
  `${JSON.stringify(Metric.Dimensions[0].Value).match(/stateMachine:([\w-]+)/)?.[1]} ${Metric.MetricName}`

describe('alarms', () => {
  it('watch the errors of every function, once each', () => {
    expect(alarmed('Errors')).toEqual(entries.map(entry => `evergreen-acme-${entry.split('/').at(-1)}`).sort())
  })

  it('watch every dead-letter queue, once each', () => {
    const queues = ofType(acme.all, 'AWS::SQS::Queue').map(([, queue]) => queue.Properties.QueueName)
    const deadLetters = queues.filter(name => name.endsWith('-dead-letters'))
    expect(alarmed('ApproximateNumberOfMessagesVisible')).toEqual(deadLetters.sort())
  })

  it('watch that changes flow: the stream and every consumer queue', () => {
    expect(alarmed('IteratorAge')).toEqual(['evergreen-acme-publish-changes'])
    expect(alarmed('ApproximateAgeOfOldestMessage')).toEqual([
      'evergreen-acme-complete-verification',
      'evergreen-acme-deliver-notifications',
      'evergreen-acme-find-duplicates',
      'evergreen-acme-fire-reminders',
      'evergreen-acme-move-children',
      'evergreen-acme-sample-audit',
      'evergreen-acme-sync-sign-in',
      'evergreen-acme-update-reminders',
      'evergreen-acme-update-schedules',
      'evergreen-acme-update-search',
      'evergreen-acme-write-access-log',
    ])
  })

  it('watch that the runs of every workflow end well: none fails, times out or is aborted', () => {
    const watched = alarms()
      .filter(alarm => alarm.Metrics)
      .map(({ Metrics }) => Metrics.filter((metric: Properties) => metric.MetricStat).map(watchedRuns))
    const machines = ofType(acme.workflows, 'AWS::StepFunctions::StateMachine')
    const ends = ['ExecutionsFailed', 'ExecutionsTimedOut', 'ExecutionsAborted']
    expect(watched.map(each => each.toSorted()).toSorted()).toEqual(
      machines
        .map(
          ([
            ,
            {
              Properties: { StateMachineName: name },
            },
          ]) => ends.map(end => `${name} ${end}`).toSorted(),
        )
        .toSorted(),
    )
  })

  it('each say what a user loses and where to read what to do, and mail when they start and end', () => {
    for (const alarm of alarms()) {
      expect(alarm.AlarmDescription, alarm.AlarmName).toMatch(/^[A-Z].{20,}\. What to do: docs\/runbook\.md#[a-z-]+$/)
      expect(alarm.AlarmActions).toEqual([{ Ref: expect.stringMatching(/^Alarms/) }])
      expect(alarm.OKActions).toEqual(alarm.AlarmActions)
    }
  })

  it('go to the address of the tenant file, over a topic that CloudWatch may publish to and only over TLS', () => {
    expect(only(acme.observability, 'AWS::SNS::Subscription')).toMatchObject({
      Protocol: 'email',
      Endpoint: readTenant('acme').alarmEmail,
    })
    const { Statement } = only(acme.observability, 'AWS::SNS::TopicPolicy').PolicyDocument
    expect(Statement.map((s: Properties) => [s.Effect, s.Principal])).toEqual([
      ['Deny', '*'],
      ['Allow', { Service: 'cloudwatch.amazonaws.com' }],
    ])
  })
})

describe('docs/runbook.md', () => {
  const text = readFileSync(join(import.meta.dirname, '../../docs/runbook.md'), 'utf8')
  const chapters = text.split(/^## /m).slice(1)
  const headings = chapters.map(chapter => chapter.split('\n')[0] ?? '')
  const titles = () => alarms().map(alarm => alarm.AlarmName.replace('evergreen-acme: ', ''))

  it('has a heading for each alarm, by the alarm title, and none for alarms that do not exist', () => {
    expect(headings.toSorted()).toEqual(titles().toSorted())
  })

  it('is where the alarms point', () => {
    const anchors = alarms().map(alarm => alarm.AlarmDescription.split('#')[1])
    expect(anchors.toSorted()).toEqual(headings.map(anchorOf).toSorted())
  })

  it.each(chapters.map(chapter => [chapter.split('\n')[0], chapter]))(
    'tells of "%s" what it is, how to look and what to do',
    (_, chapter) => {
      expect([...chapter.matchAll(/^\*\*(\w+)\.\*\* \S/gm)].map(match => match[1])).toEqual([
        'Description',
        'Investigation',
        'Resolution',
      ])
    },
  )
})

it('the dashboard shows the API, the functions, the workflows and the queues', () => {
  const body = JSON.stringify(only(acme.observability, 'AWS::CloudWatch::Dashboard').DashboardBody)
  expect(body).toContain('evergreen-acme-records')
  expect(body).toContain('evergreen-acme-update-search-dead-letters')
  expect(body).toContain('stateMachine:evergreen-acme-import')
})
