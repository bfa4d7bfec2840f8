import { Duration, Stack } from 'aws-cdk-lib'
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs'
import { Construct } from 'constructs'
import { type Access, decryptThrough, encryptThrough } from '#infra/constructs/access.ts'
import { type House, prefixOf } from '#infra/constructs/house.ts'

type CrmQueueProps = {
  house: House
  /** Name after the tenant's prefix, e.g. `update-search`. */
  name: string
  /** How long a message stays hidden from other readers; six times the reader's timeout, says AWS. */
  visibility?: Duration
  deadLetters?: { queue: CrmQueue; afterReceives: number }
}

/** A queue encrypted with the tenant's key, reachable over TLS only, that keeps messages as long as SQS can. */
export class CrmQueue extends Construct {
  readonly queue: Queue
  readonly name: string
  readonly queueName: string
  /** Permission to send to it. */
  readonly send: Access
  /** Permission to be an event source of a function. */
  readonly consume: Access

  constructor(scope: Construct, id: string, { house, name, visibility, deadLetters }: CrmQueueProps) {
    super(scope, id)
    this.name = name
    this.queueName = `${prefixOf(house.tenant)}-${name}`
    this.queue = new Queue(this, 'Queue', {
      queueName: this.queueName,
      encryption: QueueEncryption.KMS,
      encryptionMasterKey: house.key,
      // One KMS call an hour per sender and receiver instead of one every five minutes.
      dataKeyReuse: Duration.hours(1),
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
      ...(visibility && { visibilityTimeout: visibility }),
      ...(deadLetters && {
        deadLetterQueue: { queue: deadLetters.queue.queue, maxReceiveCount: deadLetters.afterReceives },
      }),
    })
    const resources = [this.queue.queueArn]
    this.send = {
      environment: {},
      permissions: [{ actions: ['sqs:SendMessage'], resources }, encryptThrough('sqs', house.key)],
    }
    const receive = ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:ChangeMessageVisibility', 'sqs:GetQueueAttributes']
    this.consume = {
      environment: {},
      permissions: [{ actions: receive, resources }, decryptThrough('sqs', house.key)],
    }
  }

  /** Lets EventBridge deliver to it, on behalf of one rule or bus. */
  acceptEventsOf(sourceArn: string): void {
    this.queue.addToResourcePolicy(
      new PolicyStatement({
        actions: ['sqs:SendMessage'],
        principals: [new ServicePrincipal('events.amazonaws.com')],
        resources: [this.queue.queueArn],
        conditions: {
          ArnEquals: { 'aws:SourceArn': sourceArn },
          StringEquals: { 'aws:SourceAccount': Stack.of(this).account },
        },
      }),
    )
  }
}
