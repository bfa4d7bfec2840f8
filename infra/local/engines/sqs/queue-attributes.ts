import * as z from 'zod'

const wholeNumber = (minimum: number, maximum: number) => z.coerce.number().int().min(minimum).max(maximum)

const redrivePolicy = z.object({ deadLetterTargetArn: z.string(), maxReceiveCount: wholeNumber(1, 1000) })

const queueAttributes = z.object({
  VisibilityTimeout: wholeNumber(0, 43_200).default(30),
  MessageRetentionPeriod: wholeNumber(60, 1_209_600).default(345_600),
  DelaySeconds: wholeNumber(0, 900).default(0),
  MaximumMessageSize: wholeNumber(1024, 1_048_576).default(1_048_576),
  ReceiveMessageWaitTimeSeconds: wholeNumber(0, 20).default(0),
  RedrivePolicy: z.preprocess(parseJsonText, redrivePolicy).optional(),
  RedriveAllowPolicy: z.preprocess(parseJsonText, z.record(z.string(), z.unknown())).optional(),
  KmsMasterKeyId: z.string().optional(),
  KmsDataKeyReusePeriodSeconds: wholeNumber(60, 86_400).optional(),
  SqsManagedSseEnabled: z.stringbool().or(z.boolean()).optional(),
  Policy: z.preprocess(parseJsonText, z.record(z.string(), z.unknown())).optional(),
})

/** What a queue does with its messages. */
export type QueueAttributes = z.output<typeof queueAttributes>

/** Names that CreateQueue and SetQueueAttributes accept. */
export const attributeNames: ReadonlySet<string> = new Set(Object.keys(queueAttributes.shape))

/** Checks attributes as a template or the API gives them and fills in AWS's defaults; other names are dropped. */
export function parseQueueAttributes(given: Record<string, unknown>): QueueAttributes {
  return queueAttributes.parse(given)
}

/** Attributes as the API shows them: everything is text. */
export function attributeTexts(attributes: QueueAttributes): Record<string, string> {
  return Object.fromEntries(
    Object.entries(attributes)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [name, typeof value === 'object' ? JSON.stringify(value) : String(value)]),
  )
}

/** The API sends policies as JSON text, a template as objects; an empty text removes one. */
function parseJsonText(value: unknown): unknown {
  if (value === '') return undefined
  return typeof value === 'string' ? JSON.parse(value) : value
}
