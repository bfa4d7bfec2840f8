import { DeleteMessageBatchCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import type { LocalStack } from '#infra/local/stack.ts'
import { type RecordEvent, recordEvent } from '#schemas/events/record-changed.ts'

/** Reads the copies of record events that `synthesize-once` has sent to a queue. */
export type EventTap = { eventsOf(requestId: string): Promise<RecordEvent[]>; close(): void }

/** Opens the tap of a running stack. */
export function openTap(stack: LocalStack): EventTap {
  const endpoint = stack.endpoints['sqs'] ?? ''
  const client = new SQSClient({
    endpoint,
    region: 'ap-southeast-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'local' },
  })
  const QueueUrl = `${endpoint}/000000000000/test-tap`
  const seen: RecordEvent[] = []
  const readMore = async (): Promise<void> => {
    const { Messages = [] } = await client.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }))
    if (Messages.length === 0) return
    seen.push(...Messages.map(({ Body = '' }) => recordEvent.parse(JSON.parse(Body))))
    const Entries = Messages.map(({ MessageId, ReceiptHandle }) => ({ Id: MessageId, ReceiptHandle }))
    await client.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }))
    return readMore()
  }
  return {
    eventsOf: async requestId => {
      await stack.drain()
      await readMore()
      return seen.filter(({ detail }) => detail.requestId === requestId)
    },
    close: () => client.destroy(),
  }
}
