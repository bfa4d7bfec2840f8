import type { AwsError } from '../aws-error.ts'
import { type Engine, type EngineOptions, engineSettings } from '../engine.ts'
import { startJsonServer } from '../json-server.ts'
import { type Broker, openBroker } from './broker.ts'
import type { MessageAttributes } from './message-attributes.ts'
import { messageOperations } from './message-operations.ts'
import { parseQueueAttributes } from './queue-attributes.ts'
import { queueOperations } from './queue-operations.ts'
import { findQueue, queueName } from './queue-store.ts'
import { type ReceivedMessage, toReceivedMessage } from './received-message.ts'

/** A body to send, with attributes beside it when needed. */
type OutgoingMessage = string | { body: string; attributes?: MessageAttributes; delayS?: number }

/** A running SQS. Its direct methods take a queue's ARN (or URL or name) and need no permission. */
export type Sqs = Engine & {
  /** Makes the queue or brings it to these attributes; RedrivePolicy may be an object, as in a template. */
  ensureQueue(name: string, attributes?: Record<string, unknown>): { arn: string; url: string }
  /** Answers the message ids; the messages are on disk by then. */
  send(queueArn: string, messages: OutgoingMessage[]): string[]
  /** Takes up to `max` visible messages and hides them for `visibilityS` (the queue's own timeout when left out). */
  receive(queueArn: string, max: number, visibilityS?: number): ReceivedMessage[]
  /** Deletes held messages; a handle that a later receive has replaced is ignored. */
  remove(queueArn: string, receiptHandles: string[]): void
  /** Gives held messages back, visible after `delayS` (at once when left out). */
  release(queueArn: string, receiptHandles: string[], delayS?: number): void
  /** Messages in the queue: visible, held and delayed. */
  depth(queueArn: string): number
  /** Calls back whenever messages may be visible (also right away if some are); answers how to stop listening. */
  onMessage(queueArn: string, callback: () => void): () => void
  /** Declares that a queue only collects failures, so that `idle` does not wait for it; redrive targets are known. */
  holdsFailures(queueArn: string): void
  /** True when every queue but the dead-letter queues is empty. */
  idle(): boolean
}

/** Error codes that the older query protocol, which SDKs still show, spells differently. */
const queryCodes: Record<string, string> = {
  AccessDeniedException: 'AccessDenied',
  QueueDoesNotExist: 'AWS.SimpleQueueService.NonExistentQueue',
  QueueNameExists: 'QueueAlreadyExists',
  EmptyBatchRequest: 'AWS.SimpleQueueService.EmptyBatchRequest',
  TooManyEntriesInBatchRequest: 'AWS.SimpleQueueService.TooManyEntriesInBatchRequest',
  BatchEntryIdsNotDistinct: 'AWS.SimpleQueueService.BatchEntryIdsNotDistinct',
  InvalidBatchEntryId: 'AWS.SimpleQueueService.InvalidBatchEntryId',
  BatchRequestTooLong: 'AWS.SimpleQueueService.BatchRequestTooLong',
  MessageNotInflight: 'AWS.SimpleQueueService.MessageNotInflight',
  UnsupportedOperation: 'AWS.SimpleQueueService.UnsupportedOperation',
}

/** Starts an SQS that keeps queues and messages in `dir`. */
export async function startSqs(options: EngineOptions): Promise<Sqs> {
  const settings = engineSettings(options)
  const broker = openBroker(settings)
  let baseUrl = ''
  const urlOf = (name: string) => `${baseUrl}/${settings.accountId}/${name}`
  const server = await startJsonServer(
    {
      target: 'AmazonSQS',
      version: '1.0',
      operations: { ...queueOperations(broker, urlOf), ...messageOperations(broker) },
      invalidInput: 'InvalidParameterValue',
      deniedStatus: 403,
      errorHeaders: queryErrorHeader,
    },
    settings,
  )
  baseUrl = server.url
  return {
    url: server.url,
    ...directMethods(broker, urlOf),
    stop: async () => {
      broker.endWaiting()
      await server.stop()
      broker.close()
    },
  }
}

function directMethods(broker: Broker, urlOf: (name: string) => string): Omit<Sqs, keyof Engine> {
  const queueOf = (reference: string) => findQueue(broker.queues, reference)
  return {
    ensureQueue: (name, attributes = {}) => {
      const { arn } = broker.queues.put(name, parseQueueAttributes(attributes))
      return { arn, url: urlOf(name) }
    },
    send: (queueArn, messages) => {
      const queue = queueOf(queueArn)
      return broker.send(
        queue,
        messages.map(message => {
          const { body, attributes = {}, delayS } = typeof message === 'string' ? { body: message } : message
          return { body, attributes, senderId: 'local', delayS: delayS ?? queue.attributes.DelaySeconds }
        }),
      )
    },
    receive: (queueArn, max, visibilityS) => {
      const queue = queueOf(queueArn)
      return broker.receive(queue, max, visibilityS ?? queue.attributes.VisibilityTimeout).map(toReceivedMessage)
    },
    remove: (queueArn, handles) => {
      const queue = queueOf(queueArn)
      broker.transaction(() => handles.forEach(handle => void broker.messages.remove(queue, handle)))
    },
    release: (queueArn, handles, delayS = 0) => {
      const queue = queueOf(queueArn)
      broker.transaction(() => handles.forEach(handle => void broker.setVisibility(queue, handle, delayS)))
    },
    depth: queueArn => broker.messages.countAll(queueOf(queueArn)),
    onMessage: (queueArn, callback) => broker.listen(queueOf(queueArn), callback),
    holdsFailures: queueArn => void broker.holdFailures(queueName(queueArn)),
    idle: broker.isIdle,
  }
}

function queryErrorHeader(error: AwsError): Record<string, string> {
  const fault = error.status < 500 ? 'Sender' : 'Receiver'
  return { 'x-amzn-query-error': `${queryCodes[error.code] ?? error.code};${fault}` }
}
