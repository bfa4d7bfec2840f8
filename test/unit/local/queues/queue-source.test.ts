import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { type Sqs, startSqs } from '#infra/local/engines/sqs/start-sqs.ts'
import type { FunctionDefinition } from '#infra/local/lambda/definition.ts'
import type { Outcome } from '#infra/local/lambda/worker.ts'
import { type QueueSourceDefinition, startQueueSource } from '#infra/local/queues/queue-source.ts'
import type { EventSource } from '#infra/local/streams/stream-source.ts'

let dir: string
let sqs: Sqs
let source: EventSource
let queueArn: string
let deadLetters: string

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'evergreen-queue-'))
  sqs = await startSqs({ dir })
  deadLetters = sqs.ensureQueue('dead').arn
  queueArn = sqs.ensureQueue('work', { RedrivePolicy: { deadLetterTargetArn: deadLetters, maxReceiveCount: 2 } }).arn
})
afterEach(async () => {
  await source.stop()
  await sqs.stop()
  rmSync(dir, { recursive: true, force: true })
})

type Event = { Records: { messageId: string; body: string; eventSourceARN: string }[] }

function start(answer: (event: Event) => Outcome | Promise<Outcome>, overrides: Partial<QueueSourceDefinition> = {}) {
  const batches: string[][] = []
  const definition: QueueSourceDefinition = {
    id: 'Source',
    queueArn,
    region: 'eu-west-1',
    target: {} as FunctionDefinition,
    batchSize: 10,
    windowMs: 0,
    concurrency: 2,
    holdS: 0.3,
    reportsItemFailures: true,
    patterns: [],
    ...overrides,
  }
  const invoke = async (_definition: unknown, event: unknown) => {
    batches.push((event as Event).Records.map(({ body }) => body))
    return answer(event as Event)
  }
  source = startQueueSource(definition, { sqs, invoke, log: () => {} })
  return batches
}

const done: Outcome = { ok: true, result: undefined }
const settled = () => vi.waitFor(async () => expect(await source.isIdle()).toBe(true), { timeout: 5000, interval: 10 })

it('feeds batches, also of messages sent later, and removes what is handled', async () => {
  sqs.send(queueArn, ['a', 'b'])
  const batches = start(() => done)
  await settled()
  sqs.send(queueArn, ['c'])
  await settled()
  expect(batches).toEqual([['a', 'b'], ['c']])
})

it('brings back only the messages that the function reports', async () => {
  sqs.send(queueArn, ['a', 'b'])
  let failures = 1
  const batches = start(({ Records }) => {
    const bad = Records.find(({ body }) => body === 'b' && failures-- > 0)
    return { ok: true, result: { batchItemFailures: bad ? [{ itemIdentifier: bad.messageId }] : [] } }
  })
  await settled()
  expect(batches).toEqual([['a', 'b'], ['b']])
})

it('leaves what fails again and again to the dead-letter queue', async () => {
  sqs.send(queueArn, ['poison'])
  const batches = start(() => ({ ok: false, errorType: 'Error', errorMessage: 'x' }))
  await settled()
  expect(batches).toEqual([['poison'], ['poison']])
  expect(sqs.receive(deadLetters, 10).map(({ body }) => body)).toEqual(['poison'])
})

it('keeps a batch hidden while its function works, and gives it back soon after a kill', async () => {
  sqs.send(queueArn, ['slow'])
  const killed = sqs.receive(queueArn, 10, 0.2)
  const batches = start(async () => {
    await new Promise(resolve => setTimeout(resolve, 700))
    return done
  })
  expect(killed).toHaveLength(1)
  await settled()
  expect(batches).toEqual([['slow']])
})

it('collects messages during the batching window', async () => {
  sqs.send(queueArn, ['a'])
  const batches = start(() => done, { windowMs: 150, concurrency: 1 })
  sqs.send(queueArn, ['b'])
  await settled()
  expect(batches).toEqual([['a', 'b']])
})

it('drops messages that the filter does not want', async () => {
  sqs.send(queueArn, ['{"kind":"a"}', '{"kind":"b"}', 'no json'])
  const batches = start(() => done, { patterns: ['{"body":{"kind":["b"]}}'] })
  await settled()
  expect(batches).toEqual([['{"kind":"b"}']])
})
