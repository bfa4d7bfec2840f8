import { setTimeout as delay } from 'node:timers/promises'
import type { FunctionDefinition } from '../lambda/definition.ts'
import type { Outcome } from '../lambda/worker.ts'
import { reportedFailures } from '../streams/batch.ts'
import { createFilter } from '../streams/filter.ts'
import type { EventSource } from '../streams/stream-source.ts'

/** A queue event source mapping of the template. */
export type QueueSourceDefinition = {
  id: string
  queueArn: string
  region: string
  target: FunctionDefinition
  batchSize: number
  windowMs: number
  /** Batches at a time. */
  concurrency: number
  /**
   * How long messages in work are hidden; renewed while they are. Short, so that the messages of a killed process come
   * back soon, not after the queue's own visibility timeout as on AWS.
   */
  holdS: number
  reportsItemFailures: boolean
  patterns: readonly string[]
}

type Message = { messageId: string; receiptHandle: string; body: string; attributes: Record<string, string> }

/** The part of SQS that a queue source works with. */
type Queues<Received extends Message = Message> = {
  receive(queueArn: string, max: number, visibilityS: number): Received[]
  remove(queueArn: string, receiptHandles: string[]): void
  release(queueArn: string, receiptHandles: string[], delayS?: number): void
  depth(queueArn: string): number
  onMessage(queueArn: string, callback: () => void): () => void
}

/** What a queue source works with. */
export type QueueSourceSupport = {
  sqs: Queues
  invoke(definition: FunctionDefinition, event: unknown): Promise<Outcome>
  log(line: string): void
}

/**
 * Wait before the first retry of a message, doubled for each further one. AWS waits for the queue's visibility timeout,
 * six times the function's own: minutes in which a person at a laptop would think that nothing happens.
 */
const firstRetryS = 0.25
const longestRetryS = 30

/** Feeds a function from a queue: what it handles is removed, what it fails on comes back, and the queue's redrive policy ends it. */
export function startQueueSource(source: QueueSourceDefinition, { sqs, invoke, log }: QueueSourceSupport): EventSource {
  const filter = createFilter(source.patterns)
  const stopping = new AbortController()
  const running = new Set<Promise<void>>()
  const handle = async (messages: Message[]) => {
    const unwanted = messages.filter(message => !filter.accepts(filterView(message)))
    const wanted = messages.filter(message => !unwanted.includes(message))
    const failed = new Set(wanted.length === 0 ? [] : await runBatch(wanted, source, invoke))
    const done = messages.filter(({ messageId }) => !failed.has(messageId))
    sqs.remove(source.queueArn, handlesOf(done))
    for (const message of wanted) {
      if (failed.has(message.messageId)) sqs.release(source.queueArn, [message.receiptHandle], retryDelayS(message))
    }
  }
  const rest = createRest(() => pump())
  const pump = () => {
    while (!stopping.signal.aborted && running.size < source.concurrency) {
      if (running.size > 0 && rest.isNeeded()) return
      const received = take(source, sqs, source.batchSize)
      if (received.length === 0) return
      rest.begin({ isFull: received.length >= Math.min(source.batchSize, maxReceived) })
      const work = whileHeld(received, source, sqs, handle)
        .catch(error => log(`event source ${source.id}: ${error}`))
        .finally(() => {
          running.delete(work)
          pump()
        })
      running.add(work)
    }
  }
  const unsubscribe = sqs.onMessage(source.queueArn, pump)
  return {
    isPatient: source.windowMs > 0,
    isIdle: async () => running.size === 0 && sqs.depth(source.queueArn) === 0,
    stop: async () => {
      stopping.abort()
      unsubscribe()
      rest.end()
      await Promise.all(running)
    },
  }
}

/** 50 ms: long enough for messages of a busy stack to come together, short enough that nobody waits for it. */
const gatherMs = 50

/** A first message is taken at once; while it is in work, those that come are let come together. A full batch has no need of it. */
function createRest(goOn: () => void) {
  let until = 0
  let timer: NodeJS.Timeout | undefined
  const wake = () => {
    timer = undefined
    goOn()
  }
  return {
    begin: ({ isFull }: { isFull: boolean }) => {
      until = isFull ? 0 : performance.now() + gatherMs
    },
    isNeeded: () => {
      const restMs = until - performance.now()
      if (restMs <= 0) return false
      timer ??= setTimeout(wake, restMs)
      return true
    },
    end: () => clearTimeout(timer),
  }
}

/** SQS hands out ten messages at most at a time. */
const maxReceived = 10

function take({ queueArn, holdS }: QueueSourceDefinition, sqs: Queues, max: number): Message[] {
  return sqs.receive(queueArn, Math.min(max, maxReceived), holdS)
}

/** Fills the batch up, has it handled, and keeps all of its messages hidden meanwhile. */
async function whileHeld(
  received: Message[],
  source: QueueSourceDefinition,
  sqs: Queues,
  handle: (messages: Message[]) => Promise<void>,
): Promise<void> {
  const messages = [...received]
  const { queueArn, holdS } = source
  const renewal = setInterval(() => sqs.release(queueArn, handlesOf(messages), holdS), (holdS * 1000) / 3)
  try {
    await fillBatch(messages, source, sqs)
    await handle(messages)
  } finally {
    clearInterval(renewal)
  }
}

/** Waits out the batching window when there is one, and adds what has come meanwhile. */
async function fillBatch(messages: Message[], source: QueueSourceDefinition, sqs: Queues): Promise<void> {
  if (source.windowMs === 0 || messages.length >= source.batchSize) return
  await delay(source.windowMs)
  while (messages.length < source.batchSize) {
    const more = take(source, sqs, source.batchSize - messages.length)
    if (more.length === 0) return
    messages.push(...more)
  }
}

/** Answers the ids of the messages that the function has not handled. */
async function runBatch(
  messages: readonly Message[],
  source: QueueSourceDefinition,
  invoke: QueueSourceSupport['invoke'],
): Promise<string[]> {
  const all = messages.map(({ messageId }) => messageId)
  const origin = { eventSource: 'aws:sqs', eventSourceARN: source.queueArn, awsRegion: source.region }
  const outcome = await invoke(source.target, { Records: messages.map(message => ({ ...message, ...origin })) })
  if (!outcome.ok) return all
  if (!source.reportsItemFailures) return []
  const failures = reportedFailures(outcome.result)
  return failures?.every(id => all.includes(id)) ? failures : all
}

function filterView({ body, ...message }: Message): unknown {
  try {
    return { ...message, body: JSON.parse(body) }
  } catch {
    return { ...message, body }
  }
}

function retryDelayS({ attributes: { ApproximateReceiveCount } }: Message): number {
  return Math.min(longestRetryS, firstRetryS * 2 ** (Number(ApproximateReceiveCount ?? 1) - 1))
}

function handlesOf(messages: readonly Message[]): string[] {
  return messages.map(({ receiptHandle }) => receiptHandle)
}
