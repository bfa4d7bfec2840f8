import { Dashboard, GraphWidget, type IMetric } from 'aws-cdk-lib/aws-cloudwatch'
import { Construct } from 'constructs'
import type { CrmFunction } from '#infra/constructs/crm-function.ts'
import { type House, prefixOf } from '#infra/constructs/house.ts'
import * as metrics from '#infra/constructs/metrics.ts'
import type { ApiStack } from '#infra/stacks/api.ts'
import type { EventsStack } from '#infra/stacks/events.ts'
import type { RemindersStack } from '#infra/stacks/reminders.ts'
import type { SchedulesStack } from '#infra/stacks/schedules.ts'
import type { WorkflowsStack } from '#infra/stacks/workflows.ts'

type CrmDashboardProps = {
  house: House
  api: ApiStack
  events: EventsStack
  workflows: WorkflowsStack
  schedules: SchedulesStack
  reminders: RemindersStack
  functions: readonly CrmFunction[]
}

/** What an operator looks at first: is the API answering, do functions fail, do changes flow, do workflows end. */
export class CrmDashboard extends Construct {
  constructor(scope: Construct, id: string, props: CrmDashboardProps) {
    super(scope, id)
    const { house, api, events, workflows, schedules, reminders, functions } = props
    const names = functions.map(crmFunction => crmFunction.functionName)
    const { apiId } = api.httpApi
    const consumers = [...events.consumers, schedules.mover, ...reminders.consumers]
    const lag = consumers.map(consumer => metrics.oldestMessageSeconds(consumer.queue.queueName))
    const machines = workflows.workflows.map(workflow => workflow.arn)
    new Dashboard(this, 'Dashboard', {
      dashboardName: prefixOf(house.tenant),
      widgets: [
        [
          graph('API calls and errors', [
            metrics.calls(apiId),
            metrics.clientErrors(apiId),
            metrics.serverErrors(apiId),
          ]),
          graph('API latency, p95 ms', [metrics.latencyMs(apiId)]),
        ],
        [
          graph('Function errors', names.map(metrics.functionErrors)),
          graph('Function duration, p95 ms', names.map(metrics.durationMs)),
          graph('Function invocations', names.map(metrics.invocations)),
        ],
        [
          graph('Stream lag, ms', [metrics.streamLagMs(events.publishChanges.functionName)]),
          graph('Oldest message, s', lag),
          graph('Dead letters', deadLetters(props)),
        ],
        [
          graph('Workflow runs started', machines.map(metrics.startedRuns)),
          graph('Workflow runs failed', workflows.workflows.map(metrics.failedRuns)),
          graph('Workflow run time, p95 ms', machines.map(metrics.runMs)),
        ],
        [
          graph('Schedule runs, and runs given up', scheduleRuns(schedules.groupName)),
          graph('Reminder schedules, and runs given up', scheduleRuns(reminders.schedules.groupName)),
        ],
      ],
    })
  }
}

const graph = (title: string, left: IMetric[]): GraphWidget => new GraphWidget({ title, left, width: 8 })

function scheduleRuns(groupName: string): IMetric[] {
  return [metrics.scheduledAttempts(groupName), metrics.droppedRuns(groupName)]
}

function deadLetters({ api, events, schedules, reminders }: CrmDashboardProps): IMetric[] {
  const single = [events.busDeadLetters, events.publishDeadLetters, api.seedDeadLetters]
  const ofConsumers = [...events.consumers, schedules.mover, ...reminders.consumers].map(
    consumer => consumer.deadLetters,
  )
  const ofSchedules = [...schedules.started, ...reminders.started].map(schedule => schedule.deadLetters)
  return [...single, reminders.schedules.deadLetters, ...ofConsumers, ...ofSchedules].map(queue =>
    metrics.messages(queue.queueName),
  )
}
