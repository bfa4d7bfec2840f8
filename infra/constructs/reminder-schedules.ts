import { ArnFormat, Stack } from 'aws-cdk-lib'
import type { EventBus } from 'aws-cdk-lib/aws-events'
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { CfnScheduleGroup } from 'aws-cdk-lib/aws-scheduler'
import { Construct } from 'constructs'
import type { Access } from '#infra/constructs/access.ts'
import { DeadLetters } from '#infra/constructs/dead-letters.ts'
import { type House, prefixOf } from '#infra/constructs/house.ts'

/**
 * Where the schedules of reminders stand, one for each, made and removed at run time: a group of their own, a role that lets
 * them put events on the bus and nothing else, and a queue for what they cannot put there. Their input names a record and a
 * time, so they are not encrypted with the tenant's key (docs/decisions/0023).
 */
export class ReminderSchedules extends Construct {
  readonly groupName: string
  readonly deadLetters: DeadLetters
  /** Permission to make, move and remove them. */
  readonly manage: Access

  constructor(scope: Construct, id: string, { house, bus }: { house: House; bus: EventBus }) {
    super(scope, id)
    this.groupName = `${prefixOf(house.tenant)}-reminders`
    new CfnScheduleGroup(this, 'Group', { name: this.groupName })
    this.deadLetters = new DeadLetters(this, 'DeadLetters', { house, of: 'reminder-schedules' })
    const role = this.createRole(bus)
    this.manage = {
      environment: {
        REMINDER_SCHEDULE_GROUP: this.groupName,
        REMINDER_SCHEDULE_ROLE_ARN: role.roleArn,
        REMINDER_DEAD_LETTERS_ARN: this.deadLetters.queue.queueArn,
        BUS_ARN: bus.eventBusArn,
      },
      permissions: [
        {
          actions: ['Create', 'Update', 'Delete'].map(verb => `scheduler:${verb}Schedule`),
          resources: [this.arn('schedule', `${this.groupName}/*`)],
        },
        {
          actions: ['iam:PassRole'],
          resources: [role.roleArn],
          conditions: { StringEquals: { 'iam:PassedToService': 'scheduler.amazonaws.com' } },
        },
      ],
    }
  }

  private createRole(bus: EventBus): Role {
    const statements = [
      { actions: ['events:PutEvents'], resources: [bus.eventBusArn] },
      ...this.deadLetters.send.permissions,
    ]
    return new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
        conditions: {
          StringEquals: {
            'aws:SourceAccount': Stack.of(this).account,
            'aws:SourceArn': this.arn('schedule-group', this.groupName),
          },
        },
      }),
      description: `Execution role of the schedules in ${this.groupName}`,
      inlinePolicies: {
        uses: new PolicyDocument({ statements: statements.map(statement => new PolicyStatement(statement)) }),
      },
    })
  }

  private arn(resource: 'schedule' | 'schedule-group', resourceName: string): string {
    const arnFormat = ArnFormat.SLASH_RESOURCE_NAME
    return Stack.of(this).formatArn({ service: 'scheduler', resource, resourceName, arnFormat })
  }
}
