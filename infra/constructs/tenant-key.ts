import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib'
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { Key } from 'aws-cdk-lib/aws-kms'
import { Construct } from 'constructs'
import { prefixOf } from '#infra/constructs/house.ts'
import type { TenantFile } from '#schemas/tenant.ts'

/**
 * The tenant's customer-managed key. Its policy lets this account's IAM decide which principals may use it, and AWS services
 * only on behalf of this tenant's own log groups, workflows, bus, rules and alarms.
 */
export class TenantKey extends Construct {
  readonly key: Key

  constructor(scope: Construct, id: string, tenant: TenantFile) {
    super(scope, id)
    this.key = new Key(this, 'Key', {
      alias: `alias/${prefixOf(tenant)}`,
      description: `Encrypts everything that Evergreen keeps for ${tenant.name}`,
      enableKeyRotation: true,
      pendingWindow: Duration.days(30),
      removalPolicy: tenant.disposable ? RemovalPolicy.DESTROY : RemovalPolicy.RETAIN,
    })
    this.allowLogs(tenant)
    this.allowLogDelivery()
    this.allowDelivery('events.amazonaws.com', [
      this.arn('events', `event-bus/${prefixOf(tenant)}`),
      this.arn('events', `rule/${prefixOf(tenant)}/*`),
    ])
    this.allowDelivery('cloudwatch.amazonaws.com', [this.arn('cloudwatch', `alarm:${prefixOf(tenant)}:*`)])
  }

  private allowLogs(tenant: TenantFile): void {
    const stacks = ['events', 'access-log', 'workflows', 'schedules', 'api'].map(
      stack => `${prefixOf(tenant)}-${stack}-*`,
    )
    const names = [...stacks, `/aws/vendedlogs/${prefixOf(tenant)}/*`]
    const actions = ['Encrypt', 'Decrypt', 'ReEncryptFrom', 'ReEncryptTo', 'GenerateDataKey', 'DescribeKey']
    this.key.addToResourcePolicy(
      new PolicyStatement({
        sid: 'LogGroupsOfTheTenant',
        principals: [new ServicePrincipal(`logs.${Stack.of(this).region}.amazonaws.com`)],
        actions: actions.map(action => `kms:${action}`),
        resources: ['*'],
        conditions: {
          ArnLike: { 'kms:EncryptionContext:aws:logs:arn': names.map(name => this.arn('logs', `log-group:${name}`)) },
        },
      }),
    )
  }

  /** Lets Step Functions' logs, which the workflow encrypts on their way, be decrypted where they arrive: CloudWatch's own context. */
  private allowLogDelivery(): void {
    this.key.addToResourcePolicy(
      new PolicyStatement({
        sid: 'LogsOfWorkflows',
        principals: [new ServicePrincipal('delivery.logs.amazonaws.com')],
        actions: ['kms:Decrypt'],
        resources: ['*'],
        conditions: { StringEquals: { 'kms:EncryptionContext:SourceArn': this.arn('logs', '*') } },
      }),
    )
  }

  /** Lets a service write to the tenant's encrypted queues or topic, on behalf of the named sources only. */
  private allowDelivery(service: string, sources: string[]): void {
    this.key.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal(service)],
        actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
        resources: ['*'],
        conditions: {
          StringEquals: { 'aws:SourceAccount': Stack.of(this).account },
          ArnLike: { 'aws:SourceArn': sources },
        },
      }),
    )
  }

  private arn(service: string, resource: string): string {
    const { partition, region, account } = Stack.of(this)
    return `arn:${partition}:${service}:${region}:${account}:${resource}`
  }
}
