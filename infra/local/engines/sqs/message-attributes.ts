import { createHash } from 'node:crypto'
import * as z from 'zod'

/** Attributes that a sender puts beside a message's body. */
export const messageAttributes = z.record(
  z.string(),
  z.object({ DataType: z.string(), StringValue: z.string().optional(), BinaryValue: z.base64().optional() }),
)

export type MessageAttributes = z.infer<typeof messageAttributes>

/** Transport types of AWS's digest: 1 for text, 2 for bytes. */
const textType = 1
const bytesType = 2

/** The digest of message attributes that SQS answers: name, type and value of each, length first, sorted by name. */
export function attributesMd5(attributes: MessageAttributes): string | undefined {
  const names = Object.keys(attributes).sort()
  if (names.length === 0) return undefined
  const hash = createHash('md5')
  const addSized = (data: Buffer) => {
    const length = Buffer.alloc(4)
    length.writeUInt32BE(data.length)
    hash.update(length).update(data)
  }
  for (const name of names) {
    const { DataType = '', StringValue, BinaryValue = '' } = attributes[name] ?? {}
    addSized(Buffer.from(name))
    addSized(Buffer.from(DataType))
    hash.update(Buffer.from([StringValue === undefined ? bytesType : textType]))
    addSized(StringValue === undefined ? Buffer.from(BinaryValue, 'base64') : Buffer.from(StringValue))
  }
  return hash.digest('hex')
}

/** Bytes that attributes count for in a message's size. */
export function attributesSize(attributes: MessageAttributes): number {
  return Object.entries(attributes)
    .flatMap(([name, { DataType, StringValue = '', BinaryValue = '' }]) => [name, DataType, StringValue, BinaryValue])
    .reduce((bytes, text) => bytes + Buffer.byteLength(text), 0)
}

/** Hex MD5 of a message's body, which the SDK compares. */
export function bodyMd5(body: string): string {
  return createHash('md5').update(body).digest('hex')
}
