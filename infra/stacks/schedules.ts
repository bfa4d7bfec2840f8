import { Stack, type StackProps } from 'aws-cdk-lib'
import { CfnScheduleGroup } from 'aws-cdk-lib/aws-scheduler'
import type { Construct } from 'constructs'
import { AccessLogSchedules } from '#infra/constructs/access-log-schedules.ts'
import { Consumer } from '#infra/constructs/consumer.ts'
import { CrmFunction } from '#infra/constructs/crm-function.ts'
import { DeadLetters } from '#infra/constructs/dead-letters.ts'
import { type House, prefixOf } from '#infra/constructs/house.ts'
import { CrmSchedule } from '#infra/constructs/schedule.ts'
import { weeklyReportFunction } from '#infra/constructs/weekly-report.ts'
import type { AccessLogStack } from '#infra/stacks/access-log.ts'
import type { DataStack } from '#infra/stacks/data.ts'
import type { EventsStack } from '#infra/stacks/events.ts'
import type { WorkflowsStack } from '#infra/stacks/workflows.ts'
import { type ScheduleName, wantedSchedules } from '#lib/schedules/wanted-schedules.ts'
import { defaultPolicy } from '#schemas/settings.ts'

type SchedulesProps = StackProps & {
  house: House
  data: DataStack
  accessLog: AccessLogStack
  events: EventsStack
  workflows: WorkflowsStack
}

type Started = {
  /** Of its construct; made of the function's unless given. */
  id?: string
  name: ScheduleName
  kind: string
  description: string
  lambda: CrmFunction
  deadLetters: DeadLetters
}

/** What runs by itself: schedules, the functions that they call, and what moves them when the tenant's policy changes. */
export class SchedulesStack extends Stack {
  /** Name of the group, which its metrics go by. */
  readonly groupName: string
  /** The schedules that start work of their own. */
  readonly started: readonly CrmSchedule[]
  /** Those that no policy moves. */
  readonly fixed: readonly CrmSchedule[]
  readonly functions: readonly CrmFunction[]
  readonly mover: Consumer

  constructor(scope: Construct, id: string, props: SchedulesProps) {
    super(scope, id, props)
    this.groupName = prefixOf(props.house.tenant)
    const group = new CfnScheduleGroup(this, 'Group', { name: this.groupName })
    const started = [this.cleanup(props), this.weeklyReport(props), ...this.backups(props)]
    this.started = started.map(each => this.schedule(props.house, each))
    const accessLog = new AccessLogSchedules(this, 'AccessLog', props)
    this.fixed = accessLog.schedules
    this.functions = [...new Set(started.map(({ lambda }) => lambda)), ...accessLog.functions]
    this.mover = this.createMover(props)
    this.matchDaily(props.house)
    for (const { node } of this.node.findAll().filter(each => each instanceof CrmSchedule)) node.addDependency(group)
  }

  private cleanup({ house, data, workflows }: SchedulesProps): Started {
    const deadLetters = new DeadLetters(this, 'CleanupDeadLetters', { house, of: 'start-cleanup' })
    const lambda = new CrmFunction(this, 'StartCleanup', {
      house,
      entry: 'schedules/start-cleanup',
      description: 'Starts the cleanup of the data when its time has come',
      errorImpact: 'The data is not cleaned: quality sinks and nobody is asked to verify what is stale.',
      uses: [data.records.readWrite, workflows.cleanup.start],
      deadLetters,
    })
    return { name: 'cleanup', kind: 'cleanup', description: 'Cleans the data', lambda, deadLetters }
  }

  /** One function starts both, by two schedules. */
  private backups({ house, data, workflows }: SchedulesProps): Started[] {
    const deadLetters = new DeadLetters(this, 'BackupDeadLetters', { house, of: 'start-backup' })
    const lambda = new CrmFunction(this, 'StartBackup', {
      house,
      entry: 'schedules/start-backup',
      description: 'Starts the backup or restore drill whose time has come',
      errorImpact: 'No backup is made, or none is proven: more would be lost than the policy allows.',
      uses: [data.records.readWrite, workflows.backup.start, workflows.restoreDrill.start],
      deadLetters,
    })
    const started = { lambda, deadLetters }
    return [
      { ...started, name: 'backup', kind: 'backup', description: 'Backs the records up' },
      {
        ...started,
        id: 'RestoreDrillSchedule',
        name: 'restore-drill',
        kind: 'restoreDrill',
        description: 'Restores a backup to prove it',
      },
    ]
  }

  private weeklyReport({ house, data }: SchedulesProps): Started {
    const deadLetters = new DeadLetters(this, 'WeeklyReportDeadLetters', { house, of: 'weekly-report' })
    const lambda = weeklyReportFunction(this, { house, data, deadLetters })
    const description = 'Sends owners and managers the quality report'
    return { name: 'weekly-report', kind: 'weeklyReport', description, lambda, deadLetters }
  }

  /** As it is for a tenant that has decided nothing; the mover takes it from there. */
  private schedule(house: House, { id, name, kind, description, lambda, deadLetters }: Started): CrmSchedule {
    const { expression, timeZone } = wantedSchedules(defaultPolicy, house.tenant.timeZone)[name]
    return new CrmSchedule(this, id ?? `${lambda.node.id}Schedule`, {
      ...{ house, name, description, expression, timeZone, deadLetters },
      target: { lambda, input: { kind, scheduledAt: '<aws.scheduler.scheduled-time>' } },
      errorImpact: lambda.errorImpact,
    })
  }

  private createMover({ house, data, events }: SchedulesProps): Consumer {
    return new Consumer(this, 'UpdateSchedules', {
      house,
      bus: events.bus,
      pattern: { source: ['evergreen.records'], detail: { object: ['setting'] } },
      entry: 'events/update-schedules',
      description: 'Moves the schedules when the tenant decides on other times',
      errorImpact: 'Cleanups and reports run at the times of before, or although they were switched off.',
      uses: [data.records.readById, ...this.started.map(({ move }) => move)],
      maxConcurrency: 2,
    })
  }

  /** A deployment that changes a schedule sets it back to the product's own times. */
  private matchDaily(house: House): CrmSchedule {
    const { function: lambda, deadLetters } = this.mover
    return new CrmSchedule(this, 'MatchSchedules', {
      ...{ house, deadLetters },
      name: 'match-schedules',
      description: 'Brings the schedules to the times that the tenant has decided on',
      expression: 'rate(1 day)',
      timeZone: 'UTC',
      target: { lambda, input: {} },
      errorImpact: lambda.errorImpact,
    })
  }
}
