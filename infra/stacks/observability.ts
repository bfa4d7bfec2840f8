import { Stack, type StackProps } from 'aws-cdk-lib'
import type { IMetric } from 'aws-cdk-lib/aws-cloudwatch'
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { Topic } from 'aws-cdk-lib/aws-sns'
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions'
import type { Construct } from 'constructs'
import { CrmAlarm } from '#infra/constructs/alarm.ts'
import type { Consumer } from '#infra/constructs/consumer.ts'
import type { CrmFunction } from '#infra/constructs/crm-function.ts'
import { CrmDashboard } from '#infra/constructs/dashboard.ts'
import { type House, prefixOf } from '#infra/constructs/house.ts'
import type { Mail } from '#infra/constructs/mail.ts'
import * as metrics from '#infra/constructs/metrics.ts'
import type { CrmQueue } from '#infra/constructs/queue.ts'
import type { Workflow } from '#infra/constructs/workflow.ts'
import type { AccessLogStack } from '#infra/stacks/access-log.ts'
import type { ApiStack } from '#infra/stacks/api.ts'
import type { DataStack } from '#infra/stacks/data.ts'
import type { EventsStack } from '#infra/stacks/events.ts'
import type { RemindersStack } from '#infra/stacks/reminders.ts'
import type { SchedulesStack } from '#infra/stacks/schedules.ts'
import type { WorkflowsStack } from '#infra/stacks/workflows.ts'

type ObservabilityProps = StackProps & {
  house: House
  data: DataStack
  events: EventsStack
  accessLog: AccessLogStack
  workflows: WorkflowsStack
  schedules: SchedulesStack
  reminders: RemindersStack
  api: ApiStack
}

type AlarmText = { title: string; errorImpact: string; threshold?: number; periods?: number }

/** Who is told when something breaks: alarms, the topic they mail from, and one dashboard. */
export class ObservabilityStack extends Stack {
  private readonly house: House
  private readonly topic: Topic

  constructor(scope: Construct, id: string, props: ObservabilityProps) {
    super(scope, id, props)
    this.house = props.house
    this.topic = this.createTopic()
    const { data, api, events, accessLog, workflows, schedules, reminders } = props
    const consumers = [...events.consumers, ...accessLog.consumers, schedules.mover, ...reminders.consumers]
    const functions = [
      ...api.functions,
      api.seedTenant,
      events.publishChanges,
      ...consumers.map(c => c.function),
      accessLog.refusals,
      ...schedules.functions,
      ...reminders.functions,
      ...workflows.workflows.flatMap(workflow => workflow.functions),
    ]
    for (const crmFunction of functions) this.watchFunction(crmFunction)
    this.watchApi(api)
    this.watchChanges(events)
    this.watchDeadLetters(accessLog.refusalDeadLetters, accessLog.refusals.errorImpact)
    for (const consumer of consumers) this.watchConsumer(consumer)
    this.watchSchedules(schedules)
    this.watchReminders(reminders)
    for (const workflow of workflows.workflows) this.watchWorkflow(workflow)
    this.watchMail(data.mail)
    this.watchDeadLetters(api.seedDeadLetters, 'Users and roles of the last deployment may be missing.')
    new CrmDashboard(this, 'Dashboard', { house: this.house, api, events, workflows, schedules, reminders, functions })
  }

  private createTopic(): Topic {
    const { tenant, key } = this.house
    const topic = new Topic(this, 'Alarms', {
      topicName: `${prefixOf(tenant)}-alarms`,
      displayName: `Evergreen ${tenant.name}`,
      masterKey: key,
      enforceSSL: true,
    })
    topic.addSubscription(new EmailSubscription(tenant.alarmEmail))
    topic.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [topic.topicArn],
        conditions: { StringEquals: { 'aws:SourceAccount': this.account } },
      }),
    )
    return topic
  }

  private watchFunction({ name, functionName, errorImpact }: CrmFunction): void {
    this.alarm(metrics.functionErrors(functionName), { title: `Function ${name} fails`, errorImpact })
  }

  private watchApi({ httpApi }: ApiStack): void {
    this.alarm(metrics.serverErrors(httpApi.apiId), {
      title: 'API answers with server errors',
      errorImpact: 'Calls that should work are answered with 5xx.',
      threshold: 5,
    })
  }

  private watchChanges({ publishChanges, publishDeadLetters, busDeadLetters }: EventsStack): void {
    this.alarm(metrics.streamLagMs(publishChanges.functionName), {
      title: 'Changes wait to be published',
      errorImpact: 'Changes reach search and everything else that reacts to them minutes late.',
      threshold: 300_000,
      periods: 2,
    })
    this.watchDeadLetters(
      publishDeadLetters,
      'Some changes were never announced: search and other reactions miss them.',
    )
    this.watchDeadLetters(busDeadLetters, 'Some events could not be encrypted or decrypted and reached no consumer.')
  }

  private watchConsumer({ function: consumer, queue, deadLetters }: Consumer): void {
    this.alarm(metrics.oldestMessageSeconds(queue.queueName), {
      title: `Queue ${queue.name} falls behind`,
      errorImpact: consumer.errorImpact,
      threshold: 600,
      periods: 2,
    })
    this.watchDeadLetters(deadLetters, consumer.errorImpact)
  }

  private watchWorkflow(workflow: Workflow): void {
    const { name, errorImpact } = workflow
    this.alarm(metrics.failedRuns(workflow), { title: `Workflow ${name} fails`, errorImpact })
  }

  private watchSchedules({ groupName, started, fixed }: SchedulesStack): void {
    this.alarm(metrics.droppedRuns(groupName), {
      title: 'Schedules give up on runs',
      errorImpact: 'Cleanups, reports or other work that runs by itself did not start.',
    })
    // A function that two schedules call has one queue.
    const impacts = new Map([...started, ...fixed].map(({ deadLetters, errorImpact }) => [deadLetters, errorImpact]))
    for (const [deadLetters, errorImpact] of impacts) this.watchDeadLetters(deadLetters, errorImpact)
  }

  /** SES stops an account at 10% of bounces and at 0.5% of complaints. */
  private watchMail({ configurationSetName }: Mail): void {
    this.alarm(metrics.bounceRate(configurationSetName), {
      title: 'Mail bounces',
      errorImpact: 'People do not get their mail, and AWS may stop all mail of the account.',
      threshold: 0.05,
    })
    this.alarm(metrics.complaintRate(configurationSetName), {
      title: 'Mail is marked as spam',
      errorImpact: 'People call their reminders spam, and AWS may stop all mail of the account.',
      threshold: 0.001,
    })
  }

  private watchReminders({ schedules, started }: RemindersStack): void {
    const errorImpact = 'People are told of what is due a quarter of an hour late, by the sweep.'
    this.alarm(metrics.droppedRuns(schedules.groupName), { title: 'Reminder schedules give up on runs', errorImpact })
    this.watchDeadLetters(schedules.deadLetters, errorImpact)
    for (const { deadLetters, errorImpact: impact } of started) this.watchDeadLetters(deadLetters, impact)
  }

  private watchDeadLetters(queue: CrmQueue, errorImpact: string): void {
    this.alarm(metrics.messages(queue.queueName), { title: `Queue ${queue.name} has messages`, errorImpact })
  }

  private alarm(metric: IMetric, text: AlarmText): void {
    new CrmAlarm(this, text.title.replace(/[^A-Za-z0-9]+/g, '-'), {
      house: this.house,
      topic: this.topic,
      metric,
      ...text,
    })
  }
}
