import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { findDynoxide } from '#infra/local/dynamodb/binary.ts'
import { createDynamoDbClient, type DynamoDbClient } from '#infra/local/dynamodb/client.ts'
import { removeExpired } from '#infra/local/dynamodb/expiry.ts'
import { type DynamoDbProcess, dataFile, startDynamoDbProcess } from '#infra/local/dynamodb/process.ts'
import { openSidecar } from '#infra/local/dynamodb/sidecar.ts'
import { ensureTables, type TableDefinition } from '#infra/local/dynamodb/tables.ts'
import type { FunctionDefinition } from '#infra/local/lambda/definition.ts'
import type { Outcome } from '#infra/local/lambda/worker.ts'
import { createApiStreams } from '#infra/local/streams/api-reader.ts'
import { openCheckpoints } from '#infra/local/streams/checkpoints.ts'
import { openSqliteStreams, type SqliteStreams } from '#infra/local/streams/sqlite-reader.ts'
import { type StreamSourceDefinition, startStreamSource } from '#infra/local/streams/stream-source.ts'

const table: TableDefinition = {
  name: 'Records',
  logicalId: 'Records',
  streamArn: 'arn:aws:dynamodb:eu-west-1:000000000000:table/Records/stream/local',
  KeySchema: [
    { AttributeName: 'pk', KeyType: 'HASH' },
    { AttributeName: 'sk', KeyType: 'RANGE' },
  ],
  AttributeDefinitions: ['pk', 'sk', 'gpk'].map(AttributeName => ({ AttributeName, AttributeType: 'S' })),
  GlobalSecondaryIndexes: [
    { IndexName: 'byG', KeySchema: [{ AttributeName: 'gpk', KeyType: 'HASH' }], Projection: { ProjectionType: 'ALL' } },
  ],
  StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
  TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true },
}

let directory: string
let engine: DynamoDbProcess
let call: DynamoDbClient
let streams: SqliteStreams

const put = (pk: string, sk = 'V#1', more = {}) =>
  call('PutItem', { TableName: table.name, Item: { pk: { S: pk }, sk: { S: sk }, ...more } })
const start = () => startDynamoDbProcess({ binary: findDynoxide(), directory, log: () => {} })

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'evergreen-ddb-'))
  engine = await start()
  call = createDynamoDbClient(engine.url)
  await ensureTables(call, [table])
  openSidecar(dataFile(directory)).close()
  streams = openSqliteStreams(dataFile(directory))
})
afterAll(async () => {
  streams.close()
  await engine.stop()
  rmSync(directory, { recursive: true, force: true })
})

describe('the engine process', () => {
  it('is started again on its port when it is killed', async () => {
    await put('kept')
    process.kill(Number(readFileSync(join(directory, 'engine.pid'), 'utf8')), 'SIGKILL')
    const read = () => call('GetItem', { TableName: table.name, Key: { pk: { S: 'kept' }, sk: { S: 'V#1' } } })
    const found = await vi.waitFor(read, { timeout: 5000, interval: 20 })
    expect(found).toMatchObject({ Item: { pk: { S: 'kept' } } })
  })

  it('says what to install where there is no binary', () => {
    expect(() => findDynoxide('plan9', 'mips')).toThrow(
      /npm install --no-save @dynoxide\/plan9-mips.*AWS_ENDPOINT_URL_DYNAMODB/s,
    )
  })
})

describe('ensureTables', () => {
  it('accepts the tables that it has made', async () => {
    await ensureTables(call, [table])
  })

  it('says what to do when the template has another index than the data', async () => {
    const changed = { ...table, GlobalSecondaryIndexes: [] }
    await expect(ensureTables(call, [changed])).rejects.toThrow('it has byG; the template now says none')
    await expect(ensureTables(call, [changed])).rejects.toThrow('--fresh')
  })
})

describe('removeExpired', () => {
  it('deletes what has expired and nothing else', async () => {
    const now = Math.floor(Date.now() / 1000)
    await put('old', 'A', { ttl: { N: String(now - 5) } })
    await put('new', 'A', { ttl: { N: String(now + 500) } })
    await put('none', 'A')
    const sidecar = openSidecar(dataFile(directory))
    expect(await removeExpired({ call, sidecar }, table)).toBe(1)
    expect(await removeExpired({ call, sidecar }, table)).toBe(0)
    // The index follows what the engine writes after it was made.
    await put('later', 'A', { ttl: { N: String(now - 1) } })
    expect(await removeExpired({ call, sidecar }, table)).toBe(1)
    const { Item } = await call('GetItem', { TableName: table.name, Key: { pk: { S: 'new' }, sk: { S: 'A' } } })
    expect(Item).toMatchObject({ pk: { S: 'new' } })
    sidecar.close()
  })

  it('leaves an item that was renewed after it was found', async () => {
    await put('renewed', 'A', { ttl: { N: '2000000000' } })
    const sidecar = openSidecar(dataFile(directory))
    const found = [[{ pk: { S: 'renewed' }, sk: { S: 'A' } }], []]
    const stale = { ...sidecar, expired: () => found.shift() ?? [] }
    expect(await removeExpired({ call, sidecar: stale }, table)).toBe(0)
    sidecar.close()
  })
})

describe('stream rows', () => {
  it('are trimmed after a day and a half but for the newest', async () => {
    const sidecar = openSidecar(dataFile(directory))
    await put('trim-1')
    await put('trim-2')
    expect(sidecar.trim(table.name)).toBe(0)
    const nextDays = Date.now() + 2 * 86_400_000
    expect(sidecar.trim(table.name, nextDays)).toBeGreaterThan(0)
    expect(sidecar.trim(table.name, nextDays)).toBe(0)
    const reader = streams.readerOf(table.name)
    const { records } = await reader.read('0', () => true)
    expect(records.map(({ keys }) => keys)).toEqual([{ pk: { S: 'trim-2' }, sk: { S: 'V#1' } }])
    sidecar.close()
  })

  it('read the same through the file and through the API', async () => {
    await put('same', 'V#2', { n: { N: '1' } })
    const all = () => true
    const api = createApiStreams(call, createDynamoDbClient(engine.url, 'streams'))
    const byFile = (await streams.readerOf(table.name).read('0', all)).records
    const byApi = (await api.readerOf(table.name).read('0', all)).records
    api.close()
    const comparable = ({ eventName, keys, newImage, oldImage }: (typeof byFile)[number]) => ({
      eventName,
      keys,
      newImage,
      oldImage,
    })
    expect(byApi.map(comparable)).toEqual(byFile.map(comparable))
  })
})

describe('a stream source', () => {
  const source: StreamSourceDefinition = {
    id: 'Changes',
    streamArn: table.streamArn,
    region: 'eu-west-1',
    viewType: 'NEW_AND_OLD_IMAGES',
    keyNames: ['pk', 'sk'],
    target: { arn: 'arn:fn' } as FunctionDefinition,
    startsAtEnd: true,
    batchSize: 100,
    windowMs: 0,
    lanes: 4,
    patterns: ['{"eventName":["INSERT"],"dynamodb":{"Keys":{"sk":{"S":[{"prefix":"V#"}]}}}}'],
    retry: { maxRetries: 2, maxAgeS: 86_400, bisects: true, reportsItemFailures: true, backoffMs: () => 1 },
  }
  type StreamEvent = { Records: { dynamodb: { Keys: { pk: { S: string }; sk: { S: string } } } }[] }
  const keysOf = ({ Records }: StreamEvent) => Records.map(({ dynamodb: { Keys } }) => Keys.pk.S + Keys.sk.S)

  async function consume(
    invoke: (event: StreamEvent) => Promise<Outcome> | Outcome,
    overrides: Partial<StreamSourceDefinition> = {},
  ) {
    const checkpoints = openCheckpoints(join(directory, 'checkpoints.db'))
    const givenUp: unknown[] = []
    const running = await startStreamSource(
      { ...source, ...overrides },
      {
        reader: streams.readerOf(table.name),
        checkpoints,
        invoke: async (_definition, event) => invoke(event as StreamEvent),
        giveUp: description => givenUp.push(description),
        log: () => {},
      },
    )
    const idle = () => vi.waitFor(async () => expect(await running.isIdle()).toBe(true), { timeout: 5000, interval: 5 })
    const stop = async () => {
      await running.stop()
      checkpoints.close()
    }
    return { idle, stop, givenUp }
  }
  const done: Outcome = { ok: true, result: undefined }

  it('delivers what the filter wants soon after the write, in Lambda shape, and nothing twice after a restart', async () => {
    const events: StreamEvent[] = []
    const first = await consume(event => {
      events.push(event)
      return done
    })
    await put('s1', 'V#1', { n: { N: '7' } })
    await put('s1', 'A')
    await put('s1', 'V#1', { n: { N: '8' } })
    await vi.waitFor(() => expect(events).toHaveLength(1), { timeout: 5000, interval: 5 })
    await first.idle()
    await first.stop()
    expect(events[0]?.Records[0]).toMatchObject({
      eventName: 'INSERT',
      eventSource: 'aws:dynamodb',
      eventSourceARN: table.streamArn,
      dynamodb: {
        Keys: { pk: { S: 's1' }, sk: { S: 'V#1' } },
        NewImage: { n: { N: '7' } },
        StreamViewType: 'NEW_AND_OLD_IMAGES',
      },
    })
    await put('s2', 'V#1')
    const second = await consume(event => {
      events.push(event)
      return done
    })
    await second.idle()
    await second.stop()
    expect(events.map(keysOf)).toEqual([['s1V#1'], ['s2V#1']])
  })

  it('delivers again what was not finished when it stopped', async () => {
    const failing = await consume(() => ({ ok: false, errorType: 'Error', errorMessage: 'x' }), {
      retry: { ...source.retry, backoffMs: () => 60_000 },
    })
    await put('s3', 'V#1')
    await vi.waitFor(async () => expect(await streams.readerOf(table.name).newest()).not.toBe('0'))
    await new Promise(resolve => setTimeout(resolve, 100))
    await failing.stop()
    const seen: string[] = []
    const again = await consume(event => {
      seen.push(...keysOf(event))
      return done
    })
    await again.idle()
    await again.stop()
    expect(seen).toEqual(['s3V#1'])
  })

  it('keeps the order of one record while others overlap', async () => {
    const seen: string[] = []
    const running = await consume(
      async event => {
        await new Promise(resolve => setTimeout(resolve, Math.random() * 10))
        seen.push(...keysOf(event))
        return done
      },
      { batchSize: 1 },
    )
    const names = ['a', 'b', 'c', 'd', 'e']
    for (const version of [1, 2, 3, 4]) await Promise.all(names.map(name => put(`order-${name}`, `V#${version}`)))
    await running.idle()
    await running.stop()
    for (const name of names) {
      expect(seen.filter(key => key.startsWith(`order-${name}`))).toEqual(
        [1, 2, 3, 4].map(version => `order-${name}V#${version}`),
      )
    }
  })

  it('describes what it gives up on and goes on', async () => {
    const seen: string[] = []
    const running = await consume(
      event => {
        if (keysOf(event).some(key => key.startsWith('poison')))
          return { ok: false, errorType: 'Error', errorMessage: 'x' }
        seen.push(...keysOf(event))
        return done
      },
      { lanes: 1 },
    )
    await Promise.all(['g1', 'poison', 'g2'].map(name => put(name)))
    await running.idle()
    await running.stop()
    expect(seen.toSorted()).toEqual(['g1V#1', 'g2V#1'])
    expect(running.givenUp).toMatchObject([
      {
        requestContext: { condition: 'RetryAttemptsExhausted', functionArn: 'arn:fn' },
        DDBStreamBatchInfo: { batchSize: 1, streamArn: table.streamArn },
      },
    ])
  })
})
