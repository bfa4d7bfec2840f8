import * as z from 'zod'
import { AwsError } from '../aws-error.ts'
import { type Call, type Operation, operation, type Permission } from '../json-server.ts'
import { runBatch } from './batch.ts'
import type { Broker } from './broker.ts'
import { attributesMd5, attributesSize, bodyMd5, messageAttributes } from './message-attributes.ts'
import type { HeldMessage } from './message-store.ts'
import { onQueue } from './queue-operations.ts'
import { findQueue, type Queue } from './queue-store.ts'
import { toWireMessage } from './received-message.ts'

/** Largest batch in bytes, and largest message of a queue that sets no smaller one. */
const maxBatchBytes = 1_048_576

/** What XML 1.0 cannot hold, and SQS therefore refuses. */
const forbiddenCharacter = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u

const queueUrl = z.object({ QueueUrl: z.string() })
const message = z.object({
  MessageBody: z.string().min(1),
  DelaySeconds: z.int().min(0).max(900).optional(),
  MessageAttributes: messageAttributes.default({}),
})
const entryId = z.object({ Id: z.string() })
const receiptHandle = z.object({ ReceiptHandle: z.string() })
const visibility = receiptHandle.extend({ VisibilityTimeout: z.int().min(0).max(43_200) })
const names = z.array(z.string()).default([])
const receive = queueUrl.extend({
  MaxNumberOfMessages: z.int().min(1).max(10).default(1),
  VisibilityTimeout: z.int().min(0).max(43_200).optional(),
  WaitTimeSeconds: z.int().min(0).max(20).optional(),
  AttributeNames: names,
  MessageSystemAttributeNames: names,
  MessageAttributeNames: names,
})

type MessageInput = z.infer<typeof message>

/** SendMessage, ReceiveMessage, DeleteMessage, ChangeMessageVisibility and their batches. */
export function messageOperations(broker: Broker): Record<string, Operation> {
  const onBatch = <Entry extends { Id: string }>(
    action: string,
    entry: z.ZodType<Entry>,
    run: (queue: Queue, entry: Entry) => object,
  ) =>
    onQueue(broker, action, queueUrl.extend({ Entries: z.array(entry) }), (queue, { Entries }) =>
      broker.transaction(() => runBatch(Entries, one => run(queue, one))),
    )
  const remove = (queue: Queue, input: z.infer<typeof receiptHandle>) => {
    broker.messages.remove(queue, input.ReceiptHandle)
    return {}
  }
  const changeVisibility = (queue: Queue, input: z.infer<typeof visibility>) => {
    if (broker.setVisibility(queue, input.ReceiptHandle, input.VisibilityTimeout)) return {}
    throw new AwsError('MessageNotInflight', 'The specified message is not in flight.')
  }
  return {
    ...sendOperations(broker),
    ReceiveMessage: operation({
      input: receive,
      needs: input => needs(broker, input.QueueUrl, 'ReceiveMessage', ['Decrypt']),
      run: (input, call) => receiveMessage(broker, input, call),
    }),
    DeleteMessage: onQueue(broker, 'DeleteMessage', queueUrl.extend(receiptHandle.shape), remove),
    DeleteMessageBatch: onBatch('DeleteMessage', entryId.extend(receiptHandle.shape), remove),
    ChangeMessageVisibility: onQueue(
      broker,
      'ChangeMessageVisibility',
      queueUrl.extend(visibility.shape),
      changeVisibility,
    ),
    ChangeMessageVisibilityBatch: onBatch(
      'ChangeMessageVisibility',
      entryId.extend(visibility.shape),
      changeVisibility,
    ),
  }
}

function sendOperations(broker: Broker): Record<string, Operation> {
  const needsToSend = (input: { QueueUrl: string }) =>
    needs(broker, input.QueueUrl, 'SendMessage', ['GenerateDataKey', 'Decrypt'])
  return {
    SendMessage: operation({
      input: queueUrl.extend(message.shape),
      needs: needsToSend,
      run: input => send(broker, findQueue(broker.queues, input.QueueUrl), input),
    }),
    SendMessageBatch: operation({
      input: queueUrl.extend({ Entries: z.array(entryId.extend(message.shape)) }),
      needs: needsToSend,
      run: ({ QueueUrl, Entries }) => {
        const bytes = Entries.reduce((sum, entry) => sum + sizeOf(entry), 0)
        if (bytes > maxBatchBytes) {
          throw new AwsError(
            'BatchRequestTooLong',
            `The batch has ${bytes} bytes, at most ${maxBatchBytes} are allowed.`,
          )
        }
        const queue = findQueue(broker.queues, QueueUrl)
        return broker.transaction(() => runBatch(Entries, entry => send(broker, queue, entry)))
      },
    }),
  }
}

function send(broker: Broker, queue: Queue, input: MessageInput) {
  if (sizeOf(input) > queue.attributes.MaximumMessageSize) {
    throw new AwsError(
      'InvalidParameterValue',
      `One or more parameters are invalid. Reason: Message must be shorter than ${queue.attributes.MaximumMessageSize} bytes.`,
    )
  }
  if (forbiddenCharacter.test(input.MessageBody)) {
    throw new AwsError(
      'InvalidMessageContents',
      'Invalid characters found: the message may hold what XML 1.0 can hold.',
    )
  }
  const { MessageBody: body, MessageAttributes: attributes, DelaySeconds } = input
  const delayS = DelaySeconds ?? queue.attributes.DelaySeconds
  const [id] = broker.send(queue, [{ body, attributes, senderId: 'local', delayS }])
  return { MessageId: id, MD5OfMessageBody: bodyMd5(body), MD5OfMessageAttributes: attributesMd5(attributes) }
}

function sizeOf(input: MessageInput): number {
  return Buffer.byteLength(input.MessageBody) + attributesSize(input.MessageAttributes)
}

async function receiveMessage(broker: Broker, input: z.infer<typeof receive>, call: Call) {
  const queue = findQueue(broker.queues, input.QueueUrl)
  const waitS = input.WaitTimeSeconds ?? queue.attributes.ReceiveMessageWaitTimeSeconds
  const visibilityS = input.VisibilityTimeout ?? queue.attributes.VisibilityTimeout
  const take = () => broker.receive(queue, input.MaxNumberOfMessages, visibilityS)
  const held = take()
  const messages =
    held.length > 0 || waitS === 0 || broker.closingSignal.aborted
      ? held
      : await takeWhenSome(broker, queue, take, deadline(broker, call, waitS))
  const system = [...input.AttributeNames, ...input.MessageSystemAttributeNames]
  const wanted = { system, message: input.MessageAttributeNames }
  return { Messages: messages.length > 0 ? messages.map(one => toWireMessage(one, wanted)) : undefined }
}

/** A long poll ends when its time is up, its caller hangs up or the engine stops. */
function deadline(broker: Broker, call: Call, waitS: number): AbortSignal {
  return AbortSignal.any([call.signal, broker.closingSignal, AbortSignal.timeout(waitS * 1000)])
}

function takeWhenSome(
  broker: Broker,
  queue: Queue,
  take: () => HeldMessage[],
  until: AbortSignal,
): Promise<HeldMessage[]> {
  return new Promise(resolve => {
    const finish = (messages: HeldMessage[]) => {
      stopListening()
      resolve(messages)
    }
    const stopListening = broker.listen(queue, () => {
      const messages = until.aborted ? [] : take()
      if (messages.length > 0) finish(messages)
    })
    until.addEventListener('abort', () => finish([]), { once: true })
  })
}

/** Permissions on the queue and, when a key encrypts it, on that key. */
function needs(broker: Broker, reference: string, action: string, keyActions: string[]): Permission[] {
  const { arn, attributes } = findQueue(broker.queues, reference)
  const keyArn = attributes.KmsMasterKeyId
  const onKey = keyArn?.startsWith('arn:') === true ? keyActions : []
  return [
    { action: `sqs:${action}`, resource: arn },
    ...onKey.map(keyAction => ({ action: `kms:${keyAction}`, resource: keyArn ?? '*' })),
  ]
}
