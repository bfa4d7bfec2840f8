import * as z from 'zod'
import { type DynamoDbClient, DynamoDbError } from '../dynamodb/client.ts'
import { beginning, type StreamReader, type StreamRecord } from './stream-reader.ts'

/** Stream readers over the DynamoDB Streams API, for a server that is not the embedded engine. */
export type ApiStreams = { readerOf(table: string): StreamReader; close(): void }

/** 250 ms: such a server has to be asked. */
const pollIntervalMs = 250

const described = z.object({ Table: z.object({ LatestStreamArn: z.string() }) })
const streamShape = z.object({ StreamDescription: z.object({ Shards: z.array(z.object({ ShardId: z.string() })) }) })
const iteratorShape = z.object({ ShardIterator: z.string() })

const recordShape = z.object({
  eventName: z.string(),
  dynamodb: z.object({
    ApproximateCreationDateTime: z.number().default(0),
    Keys: z.unknown(),
    NewImage: z.unknown().optional(),
    OldImage: z.unknown().optional(),
    SequenceNumber: z.string(),
  }),
})

const pageShape = z.object({ Records: z.array(recordShape).default([]), NextShardIterator: z.string().optional() })

/** Makes readers for the tables of a server; a position is a sequence number. */
export function createApiStreams(call: DynamoDbClient, callStreams: DynamoDbClient): ApiStreams {
  const listeners = new Set<() => void>()
  const timer = setInterval(() => {
    for (const listener of listeners) listener()
  }, pollIntervalMs)
  return {
    readerOf: table => {
      let newest = beginning
      const readAfter = async (after: string) => {
        const records = await readAll({ call, callStreams, table }, after)
        newest = records.at(-1)?.position ?? newest
        return records
      }
      return {
        read: async (after, isWanted) => {
          const records = await readAfter(after)
          const wanted = records.filter(isWanted)
          return { records: wanted, position: records.at(-1)?.position ?? after, isEnd: records.length === 0 }
        },
        newest: async () => {
          await readAfter(newest)
          return newest
        },
        onChange: callback => {
          listeners.add(callback)
          return () => void listeners.delete(callback)
        },
      }
    },
    close: () => clearInterval(timer),
  }
}

type Source = { call: DynamoDbClient; callStreams: DynamoDbClient; table: string }

async function readAll({ call, callStreams, table }: Source, after: string): Promise<StreamRecord[]> {
  const { LatestStreamArn: StreamArn } = described.parse(await call('DescribeTable', { TableName: table })).Table
  const { Shards } = streamShape.parse(await callStreams('DescribeStream', { StreamArn })).StreamDescription
  const records: StreamRecord[] = []
  for (const { ShardId } of Shards) {
    const iterator = await iteratorAfter(callStreams, { StreamArn, ShardId }, after)
    records.push(...(await readShard(callStreams, iterator)))
  }
  return records.filter(({ position }) => BigInt(position) > BigInt(after))
}

/** From behind a record where the shard still has it, else from the oldest one. */
async function iteratorAfter(
  callStreams: DynamoDbClient,
  shard: Record<string, string>,
  after: string,
): Promise<string> {
  const oldest = { ...shard, ShardIteratorType: 'TRIM_HORIZON' }
  const behind = { ...shard, ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', SequenceNumber: after }
  const first = await callStreams('GetShardIterator', after === beginning ? oldest : behind).catch(error => {
    if (error instanceof DynamoDbError && error.status === 400) return callStreams('GetShardIterator', oldest)
    throw error
  })
  return iteratorShape.parse(first).ShardIterator
}

async function readShard(callStreams: DynamoDbClient, first: string): Promise<StreamRecord[]> {
  const records: StreamRecord[] = []
  let iterator: string | undefined = first
  while (iterator !== undefined) {
    const page: z.infer<typeof pageShape> = pageShape.parse(
      await callStreams('GetRecords', { ShardIterator: iterator }),
    )
    records.push(...page.Records.map(toRecord))
    iterator = page.Records.length === 0 ? undefined : page.NextShardIterator
  }
  return records
}

function toRecord({ eventName, dynamodb }: z.infer<typeof recordShape>): StreamRecord {
  return {
    position: dynamodb.SequenceNumber,
    eventName,
    keys: dynamodb.Keys,
    newImage: dynamodb.NewImage,
    oldImage: dynamodb.OldImage,
    sequenceNumber: dynamodb.SequenceNumber,
    createdAtS: dynamodb.ApproximateCreationDateTime,
  }
}
