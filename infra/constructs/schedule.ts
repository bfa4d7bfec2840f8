import { ArnFormat, Stack } from 'aws-cdk-lib'
import { PolicyDocument, PolicyStatement, type PolicyStatementProps, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler'
import { Construct } from 'constructs'
import type { Access } from '#infra/constructs/access.ts'
import type { CrmFunction } from '#infra/constructs/crm-function.ts'
import type { DeadLetters } from '#infra/constructs/dead-letters.ts'
import { type House, prefixOf } from '#infra/constructs/house.ts'

type ScheduleProps = {
  house: House
  /** Name within the tenant's group, e.g. `cleanup`. */
  name: string
  /** What it starts, in a sentence. */
  description: string
  /** `cron(...)` or `rate(...)`, on the clock of the time zone. */
  expression: string
  timeZone: string
  /** The function and what it is called with; `<aws.scheduler.scheduled-time>` and its like are filled in at each run. */
  target: { lambda: CrmFunction; input: Readonly<Record<string, string>> }
  /** What a user loses while it starts nothing, in one sentence: the text of its alarm. */
  errorImpact: string
  /** Where a run goes that could not be started. */
  deadLetters: DeadLetters
}

/** A schedule of the tenant in the tenant's group: own role, input under the tenant's key, and what it could not start kept. */
export class CrmSchedule extends Construct {
  readonly name: string
  readonly errorImpact: string
  readonly deadLetters: DeadLetters
  /** Permission to read it and to move it to another time. */
  readonly move: Access

  constructor(scope: Construct, id: string, props: ScheduleProps) {
    super(scope, id)
    const { house, name, target } = props
    this.name = name
    this.errorImpact = props.errorImpact
    this.deadLetters = props.deadLetters
    const role = this.createRole(props)
    new CfnSchedule(this, 'Schedule', {
      name,
      groupName: prefixOf(house.tenant),
      description: props.description,
      scheduleExpression: props.expression,
      scheduleExpressionTimezone: props.timeZone,
      flexibleTimeWindow: { mode: 'OFF' },
      kmsKeyArn: house.key.keyArn,
      target: {
        arn: target.lambda.lambda.functionArn,
        roleArn: role.roleArn,
        input: JSON.stringify(target.input),
        deadLetterConfig: { arn: props.deadLetters.queue.queueArn },
        // Six hours: a run that starts later than that is better left to the next.
        retryPolicy: { maximumRetryAttempts: 20, maximumEventAgeInSeconds: 21_600 },
      },
    })
    this.move = this.accessToMove(house, role)
  }

  private createRole({ house, target, deadLetters }: ScheduleProps): Role {
    const statements = [
      { actions: ['lambda:InvokeFunction'], resources: [target.lambda.lambda.functionArn] },
      ...deadLetters.send.permissions,
      { actions: ['kms:Decrypt'], resources: [house.key.keyArn], conditions: { StringEquals: this.context(house) } },
    ]
    return new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
        conditions: {
          // AWS compares with the group: a role cannot be bound to one schedule of it.
          StringEquals: {
            'aws:SourceAccount': Stack.of(this).account,
            'aws:SourceArn': this.arn('schedule-group', prefixOf(house.tenant)),
          },
        },
      }),
      description: `Execution role of schedule ${prefixOf(house.tenant)}/${this.name}`,
      inlinePolicies: {
        uses: new PolicyDocument({ statements: statements.map(statement => new PolicyStatement(statement)) }),
      },
    })
  }

  /** Whoever updates a schedule hands it its role again and encrypts its input anew. */
  private accessToMove(house: House, role: Role): Access {
    return {
      environment: { SCHEDULE_GROUP: prefixOf(house.tenant) },
      permissions: [
        { actions: ['scheduler:GetSchedule', 'scheduler:UpdateSchedule'], resources: [this.scheduleArn(house)] },
        {
          actions: ['iam:PassRole'],
          resources: [role.roleArn],
          conditions: { StringEquals: { 'iam:PassedToService': 'scheduler.amazonaws.com' } },
        },
        this.keyUse(house, ['kms:GenerateDataKey', 'kms:Decrypt'], this.context(house)),
        // Looking at a key has no encryption context.
        this.keyUse(house, ['kms:DescribeKey'], {}),
      ],
    }
  }

  private keyUse({ key }: House, actions: string[], context: Record<string, string>): PolicyStatementProps {
    const { region, urlSuffix } = Stack.of(this)
    const through = { 'kms:ViaService': `scheduler.${region}.${urlSuffix}`, ...context }
    return { actions, resources: [key.keyArn], conditions: { StringEquals: through } }
  }

  /** The context in which EventBridge Scheduler encrypts the input of this schedule, and of no other. */
  private context(house: House): Record<string, string> {
    return { 'kms:EncryptionContext:aws:scheduler:schedule:arn': this.scheduleArn(house) }
  }

  private scheduleArn({ tenant }: House): string {
    return this.arn('schedule', `${prefixOf(tenant)}/${this.name}`)
  }

  /** Made of names, not of the resource: the roles that name it are made before it. */
  private arn(resource: 'schedule' | 'schedule-group', resourceName: string): string {
    const arnFormat = ArnFormat.SLASH_RESOURCE_NAME
    return Stack.of(this).formatArn({ service: 'scheduler', resource, resourceName, arnFormat })
  }
}
