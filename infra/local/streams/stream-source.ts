import { createHash, randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type { FunctionDefinition } from '../lambda/definition.ts'
import type { Outcome } from '../lambda/worker.ts'
import { type BatchItem, processBatch, type RetryPolicy } from './batch.ts'
import type { Checkpoints } from './checkpoints.ts'
import { createFilter } from './filter.ts'
import { beginning, type StreamReader, type StreamRecord } from './stream-reader.ts'

/** A stream event source mapping of the template. */
export type StreamSourceDefinition = {
  id: string
  streamArn: string
  region: string
  viewType: string
  keyNames: readonly string[]
  target: FunctionDefinition
  startsAtEnd: boolean
  batchSize: number
  windowMs: number
  /** Batches at a time; records of one partition key stay in order. */
  lanes: number
  patterns: readonly string[]
  retry: RetryPolicy
}

/** What a stream source works with. */
export type StreamSourceSupport = {
  reader: StreamReader
  checkpoints: Checkpoints
  invoke(definition: FunctionDefinition, event: unknown): Promise<Outcome>
  /** Gets the description of records given up on, for the on-failure destination. */
  giveUp(description: Record<string, unknown>): void
  log(line: string): void
}

/** A running event source. */
export type EventSource = {
  /** True when everything that has arrived by now is processed. */
  isIdle(): Promise<boolean>
  /** It lets what arrives come together before it works on it: nobody waits for that. */
  isPatient?: boolean
  /** Ends after the batch in work; what is not finished is read again at the next start. */
  stop(): Promise<void>
}

/** 50 ms: AWS looks four times a second, a person at a laptop should not notice. */
const pollIntervalMs = 50

type Item = BatchItem & { lane: number }

/** Feeds a function from a table's stream, at least once and in order, from where it last got to. */
export async function startStreamSource(
  source: StreamSourceDefinition,
  support: StreamSourceSupport,
): Promise<EventSource> {
  const { reader, checkpoints } = support
  const filter = createFilter(source.patterns)
  const stopping = new AbortController()
  const changes = watchChanges(reader)
  let position = checkpoints.read(source.id) ?? (source.startsAtEnd ? await reader.newest() : beginning)
  const takePage = async () => {
    const page = await reader.read(position, filter.mayAccept)
    const items = page.records.map(record => toItem(record, source)).filter(({ record }) => filter.accepts(record))
    await processLanes(items, source, { ...support, signal: stopping.signal })
    if (page.position !== position) checkpoints.write(source.id, page.position)
    position = page.position
    return page.isEnd
  }
  let polledAt = Number.NEGATIVE_INFINITY
  const step = async () => {
    await restUntil(polledAt + pollIntervalMs, stopping.signal)
    polledAt = performance.now()
    changes.forget()
    const isEnd = await takePage()
    if (isEnd) await changes.wait()
    if (isEnd && source.windowMs > 0) await delay(source.windowMs, undefined, { signal: stopping.signal })
  }
  const running = repeat(step, stopping.signal, error => support.log(`event source ${source.id}: ${error}`))
  return {
    isIdle: async () => position === (await reader.newest()),
    stop: async () => {
      stopping.abort()
      changes.end()
      await running
    },
  }
}

/** A first change is taken at once; of many, those that came meanwhile are taken together. */
async function restUntil(time: number, signal: AbortSignal): Promise<void> {
  const restMs = time - performance.now()
  if (restMs > 0) await delay(restMs, undefined, { signal })
}

/** Repeats a step until the signal; a step that fails (the engine is being started again, say) is logged and repeated later. */
async function repeat(
  step: () => Promise<void>,
  signal: AbortSignal,
  onError: (error: unknown) => void,
): Promise<void> {
  while (!signal.aborted) {
    try {
      await step()
    } catch (error) {
      if (signal.aborted) return
      onError(error)
      await delay(stepRetryMs)
    }
  }
}

const stepRetryMs = 500

/** Waits for changes of a stream, those since the last `forget` included. */
function watchChanges(reader: StreamReader) {
  let next = Promise.withResolvers<void>()
  const unsubscribe = reader.onChange(() => next.resolve())
  return {
    forget: () => {
      next = Promise.withResolvers<void>()
    },
    wait: () => next.promise,
    end: () => {
      unsubscribe()
      next.resolve()
    },
  }
}

async function processLanes(
  items: readonly Item[],
  source: StreamSourceDefinition,
  support: StreamSourceSupport & { signal: AbortSignal },
): Promise<void> {
  const actions = {
    invoke: (records: unknown[]) => support.invoke(source.target, { Records: records }),
    giveUp: (rest: readonly BatchItem[], reason: { condition: string; invokeCount: number }) =>
      support.giveUp(describeFailure(rest, source, reason)),
    sleep: (ms: number) => delay(ms, undefined, { signal: support.signal }),
  }
  const lanes = Map.groupBy(items, ({ lane }) => lane)
  await Promise.all(
    [...lanes.values()].map(async lane => {
      for (let start = 0; start < lane.length; start += source.batchSize) {
        support.signal.throwIfAborted()
        await processBatch(lane.slice(start, start + source.batchSize), source.retry, actions)
      }
    }),
  )
}

function toItem(record: StreamRecord, source: StreamSourceDefinition): Item {
  const { keys, newImage, oldImage, sequenceNumber, createdAtS } = record
  const images = { ...(newImage ? { NewImage: newImage } : {}), ...(oldImage ? { OldImage: oldImage } : {}) }
  return {
    identifier: sequenceNumber,
    createdAtS,
    lane: source.lanes === 1 ? 0 : laneOf(keys, source),
    record: {
      eventID: createHash('md5').update(`${source.streamArn} ${sequenceNumber}`).digest('hex'),
      eventName: record.eventName,
      eventVersion: '1.1',
      eventSource: 'aws:dynamodb',
      awsRegion: source.region,
      dynamodb: {
        ApproximateCreationDateTime: createdAtS,
        Keys: keys,
        ...images,
        SequenceNumber: sequenceNumber,
        SizeBytes: JSON.stringify([keys, images]).length,
        StreamViewType: source.viewType,
      },
      eventSourceARN: source.streamArn,
    },
  }
}

function laneOf(keys: unknown, { keyNames: [partitionKey = ''], lanes }: StreamSourceDefinition): number {
  const value = typeof keys === 'object' && keys !== null ? Reflect.get(keys, partitionKey) : undefined
  return (
    createHash('md5')
      .update(JSON.stringify(value ?? null))
      .digest()
      .readUInt32BE() % lanes
  )
}

/** What AWS sends to an on-failure destination: where the records are, not the records. */
function describeFailure(
  items: readonly BatchItem[],
  source: StreamSourceDefinition,
  { condition, invokeCount }: { condition: string; invokeCount: number },
): Record<string, unknown> {
  const [first, last] = [items[0], items.at(-1)]
  return {
    requestContext: {
      requestId: randomUUID(),
      functionArn: source.target.arn,
      condition,
      approximateInvokeCount: invokeCount,
    },
    responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
    version: '1.0',
    timestamp: new Date().toISOString(),
    DDBStreamBatchInfo: {
      shardId: 'shardId-local',
      startSequenceNumber: first?.identifier,
      endSequenceNumber: last?.identifier,
      approximateArrivalOfFirstRecord: new Date((first?.createdAtS ?? 0) * 1000).toISOString(),
      approximateArrivalOfLastRecord: new Date((last?.createdAtS ?? 0) * 1000).toISOString(),
      batchSize: items.length,
      streamArn: source.streamArn,
    },
  }
}
