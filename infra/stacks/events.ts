import { Duration, Stack, type StackProps } from 'aws-cdk-lib'
import { EventBus } from 'aws-cdk-lib/aws-events'
import { EventSourceMapping, FilterCriteria, FilterRule, StartingPosition } from 'aws-cdk-lib/aws-lambda'
import type { Construct } from 'constructs'
import type { Access } from '#infra/constructs/access.ts'
import { Consumer } from '#infra/constructs/consumer.ts'
import { CrmFunction } from '#infra/constructs/crm-function.ts'
import { DeadLetters } from '#infra/constructs/dead-letters.ts'
import { type House, prefixOf } from '#infra/constructs/house.ts'
import type { DataStack } from '#infra/stacks/data.ts'
import { standardObjects } from '#schemas/registry.ts'

type EventsProps = StackProps & { house: House; data: DataStack }

const source = ['evergreen.records']
const business = standardObjects.all.filter(({ system }) => !system)
/** Objects whose records can hang on others, and with them the merges that move such records. */
const children = [...business.map(({ name }) => name), 'merge']
/** Objects that can have duplicates, and with them the merges that may be undone. */
const comparable = [
  ...business.filter(({ fields }) => Object.values(fields).some(({ matchOn }) => matchOn)).map(({ name }) => name),
  'merge',
]

/** Objects whose records people verify. */
const verifiable = business.filter(({ fields }) => fields['lastVerifiedAt']).map(({ name }) => name)

/** From a change of a record to everything that reacts to it: table stream -> bus -> one queue and function per consumer. */
export class EventsStack extends Stack {
  readonly bus: EventBus
  /** Permission to put events on the bus. */
  readonly publish: Access
  readonly busDeadLetters: DeadLetters
  readonly publishChanges: CrmFunction
  readonly publishDeadLetters: DeadLetters
  readonly consumers: readonly Consumer[]

  constructor(scope: Construct, id: string, props: EventsProps) {
    super(scope, id, props)
    this.busDeadLetters = new DeadLetters(this, 'BusDeadLetters', { house: props.house, of: 'bus' })
    this.bus = this.createBus(props)
    this.publish = {
      environment: { BUS_NAME: this.bus.eventBusName },
      permissions: [{ actions: ['events:PutEvents'], resources: [this.bus.eventBusArn] }],
    }
    this.publishDeadLetters = new DeadLetters(this, 'PublishDeadLetters', { house: props.house, of: 'publish-changes' })
    this.publishChanges = this.createPublisher(props)
    this.consumers = [
      this.createSearchUpdater(props),
      this.createSignInSync(props),
      this.createDuplicateFinder(props),
      this.createChildMover(props),
      this.createVerifier(props),
      this.createSampler(props),
    ]
  }

  private createBus({ house }: EventsProps): EventBus {
    const bus = new EventBus(this, 'Bus', {
      eventBusName: prefixOf(house.tenant),
      description: `What happens in the CRM of ${house.tenant.name}`,
      kmsKey: house.key,
      deadLetterQueue: this.busDeadLetters.queue,
    })
    this.busDeadLetters.acceptEventsOf(bus.eventBusArn)
    return bus
  }

  private createPublisher({ house, data }: EventsProps): CrmFunction {
    const publisher = new CrmFunction(this, 'PublishChanges', {
      house,
      entry: 'stream/publish-changes',
      description: 'Puts every committed change of a record on the bus as an event',
      errorImpact: 'New and changed records do not appear in search, and nothing else that reacts to changes runs.',
      uses: [this.publish, data.records.stream, this.publishDeadLetters.send],
      timeoutSeconds: 60,
    })
    new EventSourceMapping(this, 'Changes', {
      target: publisher.lambda,
      ...(data.recordsTable.tableStreamArn && { eventSourceArn: data.recordsTable.tableStreamArn }),
      startingPosition: StartingPosition.TRIM_HORIZON,
      filters: [
        FilterCriteria.filter({
          eventName: FilterRule.isEqual('INSERT'),
          dynamodb: { Keys: { sk: { S: FilterRule.beginsWith('V#') } } },
        }),
      ],
      batchSize: 100,
      retryAttempts: 10,
      maxRecordAge: Duration.hours(24),
      bisectBatchOnError: true,
      reportBatchItemFailures: true,
      onFailure: { bind: () => ({ destination: this.publishDeadLetters.queue.queueArn }) },
    })
    return publisher
  }

  private createSearchUpdater({ house, data }: EventsProps): Consumer {
    return new Consumer(this, 'UpdateSearch', {
      house,
      bus: this.bus,
      pattern: { source },
      entry: 'events/update-search',
      description: 'Keeps the search index in step with changed records',
      errorImpact: 'Search misses new records and finds changed ones by their old names.',
      uses: [data.records.readById, data.search.update],
    })
  }

  private createDuplicateFinder({ house, data }: EventsProps): Consumer {
    return new Consumer(this, 'FindDuplicates', {
      house,
      bus: this.bus,
      pattern: { source, detail: { object: comparable } },
      entry: 'events/find-duplicates',
      description: 'Compares changed records with others and keeps the groups of likely duplicates',
      errorImpact: 'New duplicates are not suggested, and groups show records that were changed or merged since.',
      uses: [data.records.readWrite],
      // The fewest there can be: many at once would work on the same groups and hold each other up.
      maxConcurrency: 2,
    })
  }

  private createChildMover({ house, data }: EventsProps): Consumer {
    return new Consumer(this, 'MoveChildren', {
      house,
      bus: this.bus,
      pattern: { source, detail: { object: children } },
      entry: 'events/move-children',
      description: 'Finishes merges: moves what still hangs on absorbed records to their survivors, or back',
      errorImpact: 'Contacts and activities of merged records are missing from the record that survived.',
      uses: [data.records.readWrite],
    })
  }

  private createVerifier({ house, data }: EventsProps): Consumer {
    return new Consumer(this, 'CompleteVerification', {
      house,
      bus: this.bus,
      pattern: { source, detail: { object: [...verifiable, 'activity'] } },
      entry: 'events/complete-verification',
      description: 'Marks records as verified when their verification tasks are done',
      errorImpact: 'Records whose verification was done still count as stale and are given out again.',
      uses: [data.records.readWrite],
    })
  }

  private createSampler({ house, data }: EventsProps): Consumer {
    return new Consumer(this, 'SampleAudit', {
      house,
      bus: this.bus,
      pattern: { source, detail: { object: ['audit', 'run'] } },
      entry: 'events/sample-audit',
      description:
        'Starts the audit of last month after a cleanup, and gives the records of new audits to their reviewers',
      errorImpact: 'New audits stay without a sample, so nobody is asked to look at records.',
      uses: [data.records.readWrite],
      // The fewest there can be: an audit reads records of everybody.
      maxConcurrency: 2,
    })
  }

  private createSignInSync({ house, data }: EventsProps): Consumer {
    return new Consumer(this, 'SyncSignIn', {
      house,
      bus: this.bus,
      pattern: { source, detail: { object: ['user'] } },
      entry: 'events/sync-sign-in',
      description: 'Creates, changes and disables sign-ins when user records change',
      errorImpact: 'New users cannot sign in, and users who were removed can still get tokens.',
      uses: [data.records.readById, data.signIn.administer],
    })
  }
}
