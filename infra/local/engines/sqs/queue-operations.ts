import * as z from 'zod'
import { AwsError } from '../aws-error.ts'
import { type Operation, operation } from '../json-server.ts'
import type { Broker } from './broker.ts'
import { attributeNames, attributeTexts, parseQueueAttributes } from './queue-attributes.ts'
import { findQueue, type Queue } from './queue-store.ts'

const onlyQueueUrl = z.object({ QueueUrl: z.string() })
const attributes = z.record(z.string(), z.string()).default({})
const create = z.object({ QueueName: z.string(), Attributes: attributes })

/** Operations that make, describe and empty queues. */
export function queueOperations(broker: Broker, urlOf: (name: string) => string): Record<string, Operation> {
  const named = (action: string) => (input: { QueueName: string }) => [
    { action: `sqs:${action}`, resource: broker.queues.arnOf(input.QueueName) },
  ]
  return {
    CreateQueue: operation({
      input: create,
      needs: named('CreateQueue'),
      run: input => {
        createQueue(broker, input)
        return { QueueUrl: urlOf(input.QueueName) }
      },
    }),
    GetQueueUrl: operation({
      input: z.object({ QueueName: z.string() }),
      needs: named('GetQueueUrl'),
      run: input => ({ QueueUrl: urlOf(findQueue(broker.queues, input.QueueName).name) }),
    }),
    ListQueues: operation({
      input: z.object({ QueueNamePrefix: z.string().default('') }),
      needs: () => [{ action: 'sqs:ListQueues', resource: broker.queues.arnOf('*') }],
      run: input => {
        const names = broker.queues.all().map(({ name }) => name)
        return { QueueUrls: names.filter(name => name.startsWith(input.QueueNamePrefix)).map(urlOf) }
      },
    }),
    DeleteQueue: onQueue(broker, 'DeleteQueue', onlyQueueUrl, queue => {
      broker.messages.purge(queue.name)
      broker.queues.delete(queue.name)
    }),
    PurgeQueue: onQueue(broker, 'PurgeQueue', onlyQueueUrl, queue => {
      broker.messages.purge(queue.name)
    }),
    ...attributeOperations(broker),
  }
}

/** An operation on the queue whose URL its input gives; `extraNeeds` are permissions beyond the queue's own. */
export function onQueue<Input extends { QueueUrl: string }>(
  broker: Broker,
  name: string,
  input: z.ZodType<Input>,
  run: (queue: Queue, input: Input) => unknown,
): Operation {
  return operation({
    input,
    needs: given => [{ action: `sqs:${name}`, resource: findQueue(broker.queues, given.QueueUrl).arn }],
    run: given => run(findQueue(broker.queues, given.QueueUrl), given),
  })
}

function attributeOperations(broker: Broker): Record<string, Operation> {
  const wanted = onlyQueueUrl.extend({ AttributeNames: z.array(z.string()).default([]) })
  return {
    GetQueueAttributes: onQueue(broker, 'GetQueueAttributes', wanted, (queue, { AttributeNames: names }) => {
      const shown = Object.entries(describe(broker, queue)).filter(
        ([name]) => names.includes('All') || names.includes(name),
      )
      return { Attributes: Object.fromEntries(shown) }
    }),
    SetQueueAttributes: onQueue(
      broker,
      'SetQueueAttributes',
      onlyQueueUrl.extend({ Attributes: attributes }),
      (queue, input) => {
        assertKnown(input.Attributes)
        broker.queues.put(queue.name, parseQueueAttributes({ ...queue.attributes, ...input.Attributes }))
      },
    ),
  }
}

function createQueue(broker: Broker, input: z.infer<typeof create>): void {
  if (input.QueueName.endsWith('.fifo')) {
    throw new AwsError('UnsupportedOperation', 'FIFO queues are not supported locally')
  }
  if (!/^[\w-]{1,80}$/.test(input.QueueName)) {
    throw new AwsError('InvalidParameterValue', 'QueueName: 1 to 80 of A-Z a-z 0-9 - _')
  }
  assertKnown(input.Attributes)
  const existing = broker.queues.find(input.QueueName)
  if (existing === undefined) {
    broker.queues.put(input.QueueName, parseQueueAttributes(input.Attributes))
    return
  }
  const texts = attributeTexts(existing.attributes)
  const differing = Object.entries(input.Attributes).find(([name, value]) => texts[name] !== value)
  if (differing === undefined) return
  throw new AwsError(
    'QueueNameExists',
    `A queue already exists with the same name and a different value for ${differing[0]}`,
  )
}

function assertKnown(given: Record<string, string>): void {
  const unknown = Object.keys(given).find(name => !attributeNames.has(name))
  if (unknown !== undefined) throw new AwsError('InvalidAttributeName', `Unknown Attribute ${unknown}.`)
}

function describe(broker: Broker, queue: Queue): Record<string, string> {
  const visible = broker.messages.countVisible(queue)
  const inFlight = broker.messages.countInFlight(queue)
  const delayed = broker.messages.countAll(queue) - visible - inFlight
  return {
    ...attributeTexts(queue.attributes),
    QueueArn: queue.arn,
    ApproximateNumberOfMessages: String(visible),
    ApproximateNumberOfMessagesNotVisible: String(inFlight),
    ApproximateNumberOfMessagesDelayed: String(delayed),
    CreatedTimestamp: String(Math.floor(queue.createdAt / 1000)),
    LastModifiedTimestamp: String(Math.floor(queue.modifiedAt / 1000)),
  }
}
