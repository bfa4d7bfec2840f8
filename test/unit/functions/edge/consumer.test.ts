import type { SQSEvent, SQSRecord } from 'aws-lambda'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { consumeRecords, oneByOne, someAtOnce } from '#functions/edge/consumer.ts'

beforeEach(() => {
  vi.spyOn(process.stdout, 'write').mockReturnValue(true)
})

const record = (messageId: string, body: unknown): SQSRecord => ({
  messageId,
  receiptHandle: `receipt-${messageId}`,
  body: typeof body === 'string' ? body : JSON.stringify(body),
  attributes: {
    ApproximateReceiveCount: '1',
    SentTimestamp: '0',
    SenderId: 'x',
    ApproximateFirstReceiveTimestamp: '0',
  },
  messageAttributes: {},
  md5OfBody: '',
  eventSource: 'aws:sqs',
  eventSourceARN: 'arn:aws:sqs:eu-west-1:000000000000:queue',
  awsRegion: 'eu-west-1',
})

const change = (recordId: string, version = 1) => ({
  source: 'evergreen.records',
  'detail-type': 'RecordUpdated',
  detail: {
    id: `${recordId}#${version}`,
    tenant: 'local',
    object: 'customer',
    recordId,
    version,
    changedFields: ['name'],
    at: '2026-03-31T01:00:00.000Z',
    actorId: 'user_1',
    requestId: 'r',
    source: 'api',
  },
})

const batch = (...Records: SQSRecord[]): SQSEvent => ({ Records })
const failures = (...ids: string[]) => ({ batchItemFailures: ids.map(itemIdentifier => ({ itemIdentifier })) })

describe('a consumer of record events', () => {
  it('handles each record once, however many events name it', async () => {
    const seen: string[][] = []
    const consume = consumeRecords(async ids => {
      seen.push([...ids])
      return []
    })
    expect(
      await consume(batch(record('1', change('a', 1)), record('2', change('b')), record('3', change('a', 2)))),
    ).toEqual(failures())
    expect(seen).toEqual([['a', 'b']])
  })

  it('is done at once with what does not concern it', async () => {
    const seen: string[] = []
    const note = async (ids: readonly string[]) => {
      seen.push(...ids)
      return ids
    }
    const consume = consumeRecords(note, ({ detail }) => detail.recordId !== 'b')
    expect(await consume(batch(record('1', change('a')), record('2', change('b'))))).toEqual(failures('1'))
    expect(seen).toEqual(['a'])
  })

  it('gives back every message of a record that must be tried again, and only those', async () => {
    const consume = consumeRecords(async () => ['a'])
    const messages = batch(record('1', change('a', 1)), record('2', change('b')), record('3', change('a', 2)))
    expect(await consume(messages)).toEqual(failures('1', '3'))
  })

  it.each([
    ['no JSON', 'Message Body'],
    ['no record event', { source: 'aws.s3' }],
    ['an event of another source', { ...change('a'), source: 'evergreen.jobs' }],
    ['an event without a record', { ...change('a'), detail: {} }],
  ])('gives back a message that is %s, and handles the rest', async (_, body) => {
    const seen: string[] = []
    const consume = consumeRecords(async ids => {
      seen.push(...ids)
      return []
    })
    expect(await consume(batch(record('bad', body), record('good', change('b'))))).toEqual(failures('bad'))
    expect(seen).toEqual(['b'])
  })

  it('gives back all when it fails as a whole', async () => {
    const consume = consumeRecords(async () => {
      throw new Error('no table')
    })
    expect(await consume(batch(record('1', change('a')), record('2', change('b'))))).toEqual(failures('1', '2'))
  })

  it('one by one, holds up nothing for the record that fails', async () => {
    const done: string[] = []
    const consume = consumeRecords(
      oneByOne(async id => {
        if (id === 'a') throw new Error('not now')
        done.push(id)
      }),
    )
    expect(await consume(batch(record('1', change('a')), record('2', change('b'))))).toEqual(failures('1'))
    expect(done).toEqual(['b'])
  })

  it('some at once, handles so many together and gives back the one that fails', async () => {
    let [running, most] = [0, 0]
    const consume = consumeRecords(
      someAtOnce(2, async id => {
        running += 1
        most = Math.max(most, running)
        await new Promise(resolve => setImmediate(resolve))
        running -= 1
        if (id === 'b') throw new Error('not now')
      }),
    )
    const ids = ['a', 'b', 'c', 'd', 'e']
    expect(await consume(batch(...ids.map(id => record(`of ${id}`, change(id)))))).toEqual(failures('of b'))
    expect(most).toBe(2)
  })

  it('takes an empty batch', async () => expect(await consumeRecords(async () => ['x'])(batch())).toEqual(failures()))
})
