import { RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib'
import { AttributeType, BillingMode, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb'
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { CfnSubscriptionFilter } from 'aws-cdk-lib/aws-logs'
import type { Bucket } from 'aws-cdk-lib/aws-s3'
import type { Construct } from 'constructs'
import { type Access, itemAccess, keyUseThrough } from '#infra/constructs/access.ts'
import { acknowledge } from '#infra/constructs/acknowledge.ts'
import { Consumer } from '#infra/constructs/consumer.ts'
import { CrmFunction } from '#infra/constructs/crm-function.ts'
import { DeadLetters } from '#infra/constructs/dead-letters.ts'
import type { House } from '#infra/constructs/house.ts'
import { LockedBucket } from '#infra/constructs/locked-bucket.ts'
import type { DataStack } from '#infra/stacks/data.ts'
import type { EventsStack } from '#infra/stacks/events.ts'
import { accessIndexes } from '#lib/store/query.ts'
import { accessEventSource } from '#schemas/events/access-recorded.ts'

type FilesWish = { prefixes: readonly string[]; actions: 'read' | 'readWrite' }

type AccessLogProps = StackProps & { house: House; data: DataStack; events: EventsStack }

/** Who did what: from access records on the bus to locked log files and an index to ask. */
export class AccessLogStack extends Stack {
  readonly bucket: Bucket
  readonly index: Table
  /** Putting access records on their way, for whatever answers requests or does long work. */
  readonly emit: Access
  /** Asking the index. */
  readonly find: Access
  readonly consumers: readonly Consumer[]
  /** Logs what the gateway answers by itself. */
  readonly refusals: CrmFunction
  readonly refusalDeadLetters: DeadLetters

  constructor(scope: Construct, id: string, props: AccessLogProps) {
    super(scope, id, { ...props, terminationProtection: !props.house.tenant.disposable })
    this.bucket = this.createBucket(props.house)
    this.index = this.createIndex(props.house)
    const writer = this.createWriter(props)
    this.consumers = [writer]
    this.emit = this.accessToEmit(props, writer)
    this.refusalDeadLetters = new DeadLetters(this, 'RefusalDeadLetters', { house: props.house, of: 'log-refusals' })
    this.refusals = this.createRefusalLog(props)
    const indexes = { actions: ['Query'], indexes: accessIndexes }
    this.find = itemAccess(this.index, { ...this.indexOf(props.house), ...indexes })
  }

  /** Access to files of the bucket under some prefixes, for functions of other stacks. */
  files(house: House, wish: FilesWish): Access {
    // By its export, as the template of whoever uses it has it: the name under which its wildcard is argued for.
    return this.accessToFiles(house, wish, this.exportValue(this.bucket.bucketArn))
  }

  private accessToFiles({ key }: House, { prefixes, actions }: FilesWish, bucketArn: string): Access {
    // Without an upload in parts: log files and digests are small, and locked from their first byte.
    const objectActions = actions === 'read' ? ['s3:GetObject'] : ['s3:GetObject', 's3:PutObject']
    const keyActions = actions === 'read' ? ['kms:Decrypt'] : ['kms:Decrypt', 'kms:GenerateDataKey']
    return {
      environment: { ACCESS_LOG_BUCKET: this.bucket.bucketName, ACCESS_LOG_ACCOUNT: this.account },
      permissions: [
        { actions: objectActions, resources: prefixes.map(prefix => `${bucketArn}/${prefix}`) },
        { actions: ['s3:ListBucket'], resources: [this.bucket.bucketArn] },
        keyUseThrough('s3', key, keyActions),
      ],
    }
  }

  private createBucket({ tenant, key }: House): Bucket {
    const { bucket } = new LockedBucket(this, 'Log', { tenant, key, lock: tenant.accessLogLock })
    acknowledge(bucket, {
      'AwsSolutions-S1':
        'It is itself the log. Who reads it through the API is in it; readers past the API are in CloudTrail.',
      'AwsSolutions-S13': 'Its digests have their own witness in the second region.',
    })
    return bucket
  }

  private createIndex({ tenant, key }: House): Table {
    const table = new Table(this, 'AccessIndex', {
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      sortKey: { name: 'sk', type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      encryption: TableEncryption.CUSTOMER_MANAGED,
      encryptionKey: key,
      timeToLiveAttribute: 'ttl',
      deletionProtection: !tenant.disposable,
      removalPolicy: tenant.disposable ? RemovalPolicy.DESTROY : RemovalPolicy.RETAIN,
    })
    for (const indexName of accessIndexes) {
      table.addGlobalSecondaryIndex({
        indexName,
        partitionKey: { name: `${indexName}Pk`, type: AttributeType.STRING },
        sortKey: { name: 'sk', type: AttributeType.STRING },
      })
    }
    acknowledge(table, { 'AwsSolutions-DDB3': 'Derived from the log files, which are kept and cannot be altered.' })
    return table
  }

  private createWriter({ house, data, events }: AccessLogProps): Consumer {
    return new Consumer(this, 'WriteAccessLog', {
      house,
      bus: events.bus,
      pattern: { source: [accessEventSource] },
      entry: 'events/write-access-log',
      description: 'Writes access records to log files that cannot be altered, and to the index to ask',
      errorImpact: 'Who did what cannot be asked for what happened last; nothing is lost while the queue keeps it.',
      uses: [
        data.records.readWrite,
        itemAccess(this.index, { ...this.indexOf(house), actions: ['Query', 'PutItem', 'BatchWriteItem'] }),
        this.accessToFiles(
          house,
          { prefixes: [`AWSLogs/${this.account}/CloudTrail/*`], actions: 'readWrite' },
          this.bucket.bucketArn,
        ),
      ],
      // Files of some size, and few of them: auditors read them one by one. Somebody at a laptop waits for his own.
      batch: { size: 1_000, windowS: house.tenant.disposable ? 2 : 20 },
      // The fewest there can be: the more at a time, the more and smaller the files.
      maxConcurrency: 2,
      memoryMb: 1024,
    })
  }

  /** Requests that reached no function, and those whose function answered nothing: they are only in the gateway's log. */
  private createRefusalLog({ house, data }: AccessLogProps): CrmFunction {
    const refusals = new CrmFunction(this, 'LogRefusals', {
      house,
      entry: 'stream/log-refusals',
      description: 'Logs the requests that the gateway refuses by itself: too many, too large, malformed',
      errorImpact: 'Requests that the gateway refused by itself are missing from the access log.',
      uses: [this.emit],
      timeoutSeconds: 60,
      deadLetters: this.refusalDeadLetters,
    })
    refusals.lambda.addPermission('Logs', {
      principal: new ServicePrincipal('logs.amazonaws.com'),
      sourceArn: data.accessLog.logGroupArn,
      sourceAccount: this.account,
    })
    const filter = new CfnSubscriptionFilter(this, 'Refusals', {
      logGroupName: data.accessLog.logGroupName,
      destinationArn: refusals.lambda.functionArn,
      filterPattern: '{ ($.integrationLatencyMs = "-") || ($.status = "5*") }',
    })
    // CloudWatch tries the function out when the filter is made.
    filter.node.addDependency(refusals.lambda)
    return refusals
  }

  private accessToEmit({ events }: AccessLogProps, { queue }: Consumer): Access {
    return {
      environment: { BUS_NAME: events.bus.eventBusName, ACCESS_LOG_QUEUE_URL: queue.queue.queueUrl },
      permissions: [{ actions: ['events:PutEvents'], resources: [events.bus.eventBusArn] }, ...queue.send.permissions],
    }
  }

  private indexOf({ key }: House) {
    return { variable: 'ACCESS_LOG_TABLE_NAME', key }
  }
}
