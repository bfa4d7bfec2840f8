import { ArnFormat, RemovalPolicy, Stack } from 'aws-cdk-lib'
import { PolicyDocument, PolicyStatement, type PolicyStatementProps, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { LogGroup } from 'aws-cdk-lib/aws-logs'
import { CfnStateMachine } from 'aws-cdk-lib/aws-stepfunctions'
import { Construct } from 'constructs'
import type { Access } from '#infra/constructs/access.ts'
import { acknowledgeWildcards } from '#infra/constructs/acknowledge.ts'
import type { CrmFunction } from '#infra/constructs/crm-function.ts'
import { type House, prefixOf } from '#infra/constructs/house.ts'

/** A definition in Amazon States Language (JSONPath), as far as a workflow needs to know it. */
export type AslDefinition = {
  Comment?: string
  StartAt: string
  TimeoutSeconds?: number
  States: Record<string, Readonly<Record<string, unknown>>>
}

type WorkflowProps<Step extends string> = {
  house: House
  /** Name after the tenant's prefix, e.g. `import`. */
  name: string
  /** What it does, in a sentence. */
  description: string
  /** What a user loses when a run fails, in one sentence: the text of its alarm. */
  errorImpact: string
  /** The functions it may invoke, and no other. */
  steps: Readonly<Record<Step, CrmFunction>>
  /** What else its role may do: AWS calls that the definition makes itself. */
  calls?: readonly PolicyStatementProps[]
  /** Made of the ARNs of the steps: JSONPath only, and every Task with Retry and Catch. */
  definition: (arns: Readonly<Record<Step, string>>) => AslDefinition
}

/** A workflow of the tenant: own role, definition and history under its key, encrypted log, alarm text. */
export class Workflow<Step extends string = string> extends Construct {
  readonly stateMachine: CfnStateMachine
  readonly name: string
  readonly workflowName: string
  readonly arn: string
  readonly errorImpact: string
  readonly functions: readonly CrmFunction[]
  /** Permission to start it. */
  readonly start: Access

  constructor(scope: Construct, id: string, props: WorkflowProps<Step>) {
    super(scope, id)
    const { house, name } = props
    this.name = name
    this.workflowName = `${prefixOf(house.tenant)}-${name}`
    this.arn = this.formatArn('stateMachine')
    this.errorImpact = props.errorImpact
    this.functions = Object.values<CrmFunction>(props.steps)
    const logGroup = this.createLogGroup(house)
    const definition = props.definition(arnsOf(props.steps))
    this.stateMachine = new CfnStateMachine(this, 'StateMachine', {
      stateMachineName: this.workflowName,
      stateMachineType: 'STANDARD',
      definitionString: Stack.of(this).toJsonString({ Comment: props.description, ...definition }),
      roleArn: this.createRole(house, definition, props.calls ?? []).roleArn,
      encryptionConfiguration: {
        type: 'CUSTOMER_MANAGED_KMS_KEY',
        kmsKeyId: house.key.keyArn,
        kmsDataKeyReusePeriodSeconds: 900,
      },
      loggingConfiguration: {
        level: 'ALL',
        // The log tells which step ran when; what it worked on stays in the history, under the tenant's key.
        includeExecutionData: false,
        destinations: [{ cloudWatchLogsLogGroup: { logGroupArn: logGroup.logGroupArn } }],
      },
      tracingConfiguration: { enabled: true },
    })
    this.start = {
      environment: { [`${name.replaceAll('-', '_').toUpperCase()}_WORKFLOW_ARN`]: this.arn },
      permissions: [{ actions: ['states:StartExecution'], resources: [this.arn] }],
    }
  }

  private createLogGroup({ tenant, key }: House): LogGroup {
    return new LogGroup(this, 'Log', {
      logGroupName: `/aws/vendedlogs/${prefixOf(tenant)}/${this.name}`,
      retention: tenant.logRetentionDays,
      encryptionKey: key,
      removalPolicy: tenant.disposable ? RemovalPolicy.DESTROY : RemovalPolicy.RETAIN,
    })
  }

  private createRole(house: House, definition: AslDefinition, calls: readonly PolicyStatementProps[]): Role {
    const statements = [
      { actions: ['lambda:InvokeFunction'], resources: this.functions.map(({ lambda }) => lambda.functionArn) },
      ...calls,
      ...(isDistributed(definition) ? this.ownRuns() : []),
      ...this.keyUse(house),
      ...withoutResources,
    ]
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('states.amazonaws.com', {
        conditions: {
          StringEquals: { 'aws:SourceAccount': Stack.of(this).account },
          ArnLike: { 'aws:SourceArn': [this.arn, `${this.arn}/*`] },
        },
      }),
      description: `Execution role of workflow ${this.workflowName}`,
      inlinePolicies: {
        uses: new PolicyDocument({ statements: statements.map(statement => new PolicyStatement(statement)) }),
      },
    })
    acknowledgeWildcards(
      role,
      statements.flatMap(statement => statement.resources ?? []),
      'Log delivery and X-Ray have no resources to name; runs of a workflow are named by its name and an id that only exists once they run.',
    )
    return role
  }

  /** A distributed map runs each item as a run of the same workflow. */
  private ownRuns(): PolicyStatementProps[] {
    const mapRuns = this.formatArn('execution', '/*')
    return [
      { actions: ['states:StartExecution'], resources: [this.arn] },
      {
        actions: ['states:DescribeExecution', 'states:StopExecution', 'states:RedriveExecution'],
        resources: [mapRuns, this.formatArn('execution', ':*')],
      },
    ]
  }

  private keyUse({ key }: House): PolicyStatementProps[] {
    const resources = [key.keyArn]
    const within = (context: Record<string, string>) => ({ conditions: { StringEquals: context } })
    const logs = Stack.of(this).formatArn({ service: 'logs', resource: '*', arnFormat: ArnFormat.NO_RESOURCE_NAME })
    return [
      {
        actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
        resources,
        ...within({ 'kms:EncryptionContext:aws:states:stateMachineArn': this.arn }),
      },
      {
        actions: ['kms:GenerateDataKey'],
        resources,
        ...within({ 'kms:EncryptionContext:SourceArn': logs }),
      },
    ]
  }

  /** Made of the name, not of the resource: the role is made before it, and other stacks import nothing. */
  private formatArn(resource: 'stateMachine' | 'execution', rest = ''): string {
    const resourceName = this.workflowName + rest
    const arnFormat = ArnFormat.COLON_RESOURCE_NAME
    return Stack.of(this).formatArn({ service: 'states', resource, resourceName, arnFormat })
  }
}

/** IAM knows no resources for these. */
const withoutResources: PolicyStatementProps[] = [
  {
    actions: [
      'logs:CreateLogDelivery',
      'logs:GetLogDelivery',
      'logs:UpdateLogDelivery',
      'logs:DeleteLogDelivery',
      'logs:ListLogDeliveries',
      'logs:PutResourcePolicy',
      'logs:DescribeResourcePolicies',
      'logs:DescribeLogGroups',
    ],
    resources: ['*'],
  },
  {
    actions: ['xray:PutTraceSegments', 'xray:PutTelemetryRecords', 'xray:GetSamplingRules', 'xray:GetSamplingTargets'],
    resources: ['*'],
  },
]

function arnsOf<Step extends string>(steps: Readonly<Record<Step, CrmFunction>>): Record<Step, string>
function arnsOf(steps: Readonly<Record<string, CrmFunction>>): Record<string, string> {
  return Object.fromEntries(Object.entries(steps).map(([name, { lambda }]) => [name, lambda.functionArn]))
}

function isDistributed(definition: AslDefinition): boolean {
  return JSON.stringify(definition).includes('"Mode":"DISTRIBUTED"')
}
