import { basename } from 'node:path'
import { Duration } from 'aws-cdk-lib'
import { type EventBus, type EventPattern, Rule } from 'aws-cdk-lib/aws-events'
import { EventSourceMapping } from 'aws-cdk-lib/aws-lambda'
import { Construct } from 'constructs'
import type { Access } from '#infra/constructs/access.ts'
import { CrmFunction } from '#infra/constructs/crm-function.ts'
import { DeadLetters } from '#infra/constructs/dead-letters.ts'
import type { House } from '#infra/constructs/house.ts'
import { CrmQueue } from '#infra/constructs/queue.ts'
import type { Entry } from '#infra/entries.ts'

type ConsumerProps = {
  house: House
  bus: EventBus
  /** Events it is interested in. */
  pattern: EventPattern
  entry: Entry
  description: string
  errorImpact: string
  uses: readonly Access[]
  /** Batches at a time; 10 where nothing speaks against it. */
  maxConcurrency?: number
  /** How many messages at a time, and how long to wait for them to come together; 10 at once where nothing is said. */
  batch?: { size: number; windowS: number }
  /** How often a message is tried before it is set aside; 5 where nothing is said. */
  tries?: number
  memoryMb?: number
}

const timeoutSeconds = 60

/** A reaction to events: rule -> queue -> function, with what cannot be delivered or handled kept in a dead-letter queue. */
export class Consumer extends Construct {
  readonly function: CrmFunction
  readonly queue: CrmQueue
  readonly deadLetters: DeadLetters

  constructor(scope: Construct, id: string, props: ConsumerProps) {
    super(scope, id)
    const { house, entry } = props
    const name = basename(entry)
    this.deadLetters = new DeadLetters(this, 'DeadLetters', { house, of: name })
    this.queue = new CrmQueue(this, 'Queue', {
      house,
      name,
      visibility: Duration.seconds(6 * timeoutSeconds),
      deadLetters: { queue: this.deadLetters, afterReceives: props.tries ?? 5 },
    })
    this.route(props)
    this.function = new CrmFunction(this, 'Function', {
      ...props,
      uses: [...props.uses, this.queue.consume],
      timeoutSeconds,
    })
    new EventSourceMapping(this, 'Source', {
      target: this.function.lambda,
      eventSourceArn: this.queue.queue.queueArn,
      batchSize: props.batch?.size ?? 10,
      ...(props.batch && { maxBatchingWindow: Duration.seconds(props.batch.windowS) }),
      reportBatchItemFailures: true,
      // Bounded, so that a bulk import cannot take the account's concurrency from the API.
      maxConcurrency: props.maxConcurrency ?? 10,
    })
  }

  private route({ bus, pattern, description }: ConsumerProps): void {
    const rule = new Rule(this, 'Rule', { eventBus: bus, eventPattern: pattern, description })
    rule.addTarget({
      bind: () => ({
        arn: this.queue.queue.queueArn,
        deadLetterConfig: { arn: this.deadLetters.queue.queueArn },
        retryPolicy: { maximumRetryAttempts: 185, maximumEventAgeInSeconds: Duration.hours(24).toSeconds() },
      }),
    })
    this.queue.acceptEventsOf(rule.ruleArn)
    this.deadLetters.acceptEventsOf(rule.ruleArn)
  }
}
