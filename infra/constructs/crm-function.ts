import { basename } from 'node:path'
import { Duration, RemovalPolicy } from 'aws-cdk-lib'
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { Architecture, Code, Function as LambdaFunction, LoggingFormat, Runtime } from 'aws-cdk-lib/aws-lambda'
import { LogGroup } from 'aws-cdk-lib/aws-logs'
import { Construct } from 'constructs'
import type { Access } from '#infra/constructs/access.ts'
import { acknowledgeWildcards } from '#infra/constructs/acknowledge.ts'
import type { DeadLetters } from '#infra/constructs/dead-letters.ts'
import { type House, prefixOf } from '#infra/constructs/house.ts'
import type { Entry } from '#infra/entries.ts'
import { tenantSettings } from '#schemas/tenant.ts'

type CrmFunctionProps = {
  house: House
  entry: Entry
  /** What it does, in a sentence that the AWS console shows. */
  description: string
  /** What a user loses while it fails, in one sentence: the text of its alarm. */
  errorImpact: string
  /** Everything it may touch; its role allows this and writing its own log. */
  uses: readonly Access[]
  memoryMb?: number
  timeoutSeconds?: number
  /** Where invocations go that failed to the end; for functions that AWS invokes asynchronously. */
  deadLetters?: DeadLetters
}

/** A function of the tenant: own role, own encrypted log, alarm text, arm64 and Node 24. */
export class CrmFunction extends Construct {
  readonly lambda: LambdaFunction
  /** Last part of its entry, e.g. `publish-changes`. */
  readonly name: string
  readonly functionName: string
  readonly errorImpact: string

  constructor(scope: Construct, id: string, props: CrmFunctionProps) {
    super(scope, id)
    const { house, entry } = props
    this.errorImpact = props.errorImpact
    this.name = basename(entry)
    this.functionName = `${prefixOf(house.tenant)}-${this.name}`
    const logGroup = this.createLogGroup(house)
    const uses = [
      ...props.uses,
      ...(props.deadLetters ? [props.deadLetters.send] : []),
      ...(house.accessLog && isLogged(entry) ? [house.accessLog] : []),
    ]
    this.lambda = new LambdaFunction(this, 'Function', {
      functionName: this.functionName,
      description: props.description,
      code: Code.fromAsset(directoryOf(house, entry)),
      handler: 'index.handler',
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: props.memoryMb ?? 512,
      timeout: Duration.seconds(props.timeoutSeconds ?? 29),
      environment: environmentOf(house, uses),
      role: this.createRole(logGroup, uses).withoutPolicyUpdates(),
      logGroup,
      loggingFormat: LoggingFormat.JSON,
      ...(props.deadLetters && { deadLetterQueue: props.deadLetters.queue }),
    })
  }

  private createLogGroup({ tenant, key }: House): LogGroup {
    return new LogGroup(this, 'Log', {
      retention: tenant.logRetentionDays,
      encryptionKey: key,
      removalPolicy: tenant.disposable ? RemovalPolicy.DESTROY : RemovalPolicy.RETAIN,
    })
  }

  private createRole(logGroup: LogGroup, uses: readonly Access[]): Role {
    const writeLog = { actions: ['logs:CreateLogStream', 'logs:PutLogEvents'], resources: [logGroup.logGroupArn] }
    const permissions = [writeLog, ...uses.flatMap(access => access.permissions)]
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      description: `Execution role of ${this.functionName}`,
      inlinePolicies: {
        uses: new PolicyDocument({
          statements: permissions.map(permission => new PolicyStatement(permission)),
          minimize: true,
        }),
      },
    })
    const resources = uses.flatMap(access => access.permissions.flatMap(({ resources: named = [] }) => named))
    acknowledgeWildcards(
      role,
      resources,
      'Files under one prefix and runs of one workflow, which have no names before they exist.',
    )
    return role
  }
}

/** What answers requests (`serve`) and what does long work (`step`) logs each access. */
function isLogged(entry: Entry): boolean {
  return /^(api|workflows|schedules)\//.test(entry)
}

function directoryOf({ bundles }: House, entry: Entry): string {
  const bundle = bundles.get(entry)
  if (bundle === undefined) throw new Error(`There is no bundle of ${entry}: list it in infra/entries.ts.`)
  return bundle.directory
}

function environmentOf({ tenant }: House, uses: readonly Access[]): Record<string, string> {
  const settings = tenantSettings.strip().parse(tenant)
  return Object.assign({ TENANT: JSON.stringify(settings) }, ...uses.map(access => access.environment))
}
