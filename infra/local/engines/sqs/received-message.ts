import { attributesMd5, bodyMd5, type MessageAttributes } from './message-attributes.ts'
import type { HeldMessage } from './message-store.ts'

/** A message as Lambda's SQS event source shows it, but for the fields that only the event source knows. */
export type ReceivedMessage = {
  messageId: string
  receiptHandle: string
  body: string
  md5OfBody: string
  attributes: Record<string, string>
  messageAttributes: Record<string, LambdaAttribute>
}

type LambdaAttribute = { dataType: string; stringValue?: string | undefined; binaryValue?: string | undefined }

/** Shapes a held message for an in-process receiver. */
export function toReceivedMessage(message: HeldMessage): ReceivedMessage {
  return {
    messageId: message.id,
    receiptHandle: message.receiptHandle,
    body: message.body,
    md5OfBody: bodyMd5(message.body),
    attributes: systemAttributes(message),
    messageAttributes: Object.fromEntries(
      Object.entries(message.attributes).map(([name, { DataType, StringValue, BinaryValue }]) => [
        name,
        { dataType: DataType, stringValue: StringValue, binaryValue: BinaryValue },
      ]),
    ),
  }
}

/** Shapes a held message as ReceiveMessage answers it, with the attributes that were asked for. */
export function toWireMessage(message: HeldMessage, wanted: { system: string[]; message: string[] }) {
  const isWantedSystem = (name: string) => wanted.system.includes('All') || wanted.system.includes(name)
  const system = Object.entries(systemAttributes(message)).filter(([name]) => isWantedSystem(name))
  const attributes = selectAttributes(message.attributes, wanted.message)
  return {
    MessageId: message.id,
    ReceiptHandle: message.receiptHandle,
    Body: message.body,
    MD5OfBody: bodyMd5(message.body),
    Attributes: system.length > 0 ? Object.fromEntries(system) : undefined,
    MessageAttributes: Object.keys(attributes).length > 0 ? attributes : undefined,
    MD5OfMessageAttributes: attributesMd5(attributes),
  }
}

function systemAttributes(message: HeldMessage): Record<string, string> {
  const { receiveCount, sentAt, senderId, firstReceivedAt, sourceArn } = message
  return {
    ApproximateReceiveCount: String(receiveCount),
    SentTimestamp: String(sentAt),
    SenderId: senderId,
    ApproximateFirstReceiveTimestamp: String(firstReceivedAt ?? sentAt),
    ...(sourceArn === null ? {} : { DeadLetterQueueSourceArn: sourceArn }),
  }
}

function selectAttributes(attributes: MessageAttributes, wanted: string[]): MessageAttributes {
  const isWanted = (name: string) =>
    wanted.some(want => want === 'All' || want === name || (want.endsWith('.*') && name.startsWith(want.slice(0, -2))))
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => isWanted(name)))
}
