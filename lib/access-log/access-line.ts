import * as z from 'zod'
import type { Home } from '#lib/access-log/record-parts.ts'
import { shareCalls } from '#lib/access-log/share-calls.ts'
import { type AwsLine, awsEndpoint, openAwsLine } from '#lib/runtime/aws-line.ts'
import { readEnv, required } from '#lib/runtime/env.ts'
import { type AccessRecord, accessEventSource, accessEventType } from '#schemas/events/access-recorded.ts'

/** Where access records go: the bus, or, when that takes none, the queue that the bus would bring them to. */
export type AccessLine = {
  home: Home
  /** @throws Error when the bus does not take it; nothing is known of where it is then. */
  publish(record: AccessRecord): Promise<void>
  /** @throws Error when the queue does not take it either. */
  spool(record: AccessRecord): Promise<void>
}

/** 10 entries and 256 KB: EventBridge's ceilings for a PutEvents, less what an entry counts for beside its detail. */
const bounds = { items: 10, bytes: 250_000, calls: 2 }

let opened: AccessLine | undefined

/** The line of this function; opened once a container. */
export function openAccessLine(): AccessLine {
  opened ??= connect()
  return opened
}

function connect(): AccessLine {
  const { events, queue } = openLines()
  const bus = required('BUS_NAME')
  const share = shareCalls<string>(bounds, details => putEvents(events, bus, details))
  const { TENANT, AWS_REGION } = readEnv()
  return {
    home: { tenant: TENANT.name, region: AWS_REGION },
    publish: record => {
      const detail = JSON.stringify(record)
      return share(detail, Buffer.byteLength(detail))
    },
    spool: async record => {
      const MessageBody = JSON.stringify({ source: accessEventSource, 'detail-type': accessEventType, detail: record })
      await queue('SendMessage', { QueueUrl: required('ACCESS_LOG_QUEUE_URL'), MessageBody })
    },
  }
}

function openLines() {
  const env = readEnv()
  const { AWS_REGION: region } = env
  const credentials = {
    accessKeyId: required('AWS_ACCESS_KEY_ID'),
    secretAccessKey: required('AWS_SECRET_ACCESS_KEY'),
    sessionToken: env.AWS_SESSION_TOKEN,
  }
  const at = (endpoint: string | undefined, service: 'events' | 'sqs') =>
    new URL(endpoint ?? awsEndpoint(service, region))
  return {
    events: openAwsLine({
      ...{ service: 'events', target: 'AWSEvents', version: '1.1', region, credentials },
      endpoint: at(env.AWS_ENDPOINT_URL_EVENTBRIDGE, 'events'),
    }),
    queue: openAwsLine({
      ...{ service: 'sqs', target: 'AmazonSQS', version: '1.0', region, credentials },
      endpoint: at(env.AWS_ENDPOINT_URL_SQS, 'sqs'),
    }),
  }
}

const taken = z.object({
  Entries: z.array(z.object({ ErrorCode: z.string().optional(), ErrorMessage: z.string().optional() })),
})

async function putEvents(line: AwsLine, bus: string, details: readonly string[]): Promise<(Error | undefined)[]> {
  const about = { EventBusName: bus, Source: accessEventSource, DetailType: accessEventType }
  const answer = await line('PutEvents', { Entries: details.map(Detail => ({ ...about, Detail })) })
  return taken
    .parse(answer)
    .Entries.map(({ ErrorCode, ErrorMessage }) =>
      ErrorCode === undefined ? undefined : new Error(`The bus refused an access record: ${ErrorCode} ${ErrorMessage}`),
    )
}
