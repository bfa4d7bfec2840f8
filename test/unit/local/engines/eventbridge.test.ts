import * as sdk from '@aws-sdk/client-eventbridge'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type EventBridge, startEventBridge } from '#infra/local/engines/eventbridge/start-eventbridge.ts'
import { clientOptions, errorName, newFolder } from './support/client-options.ts'

const retry = { attempts: 3, firstDelayMs: 5, longestDelayMs: 10 }
const queue = 'arn:aws:sqs:eu-central-1:000000000000:search'
const deadLetters = 'arn:aws:sqs:eu-central-1:000000000000:search-dlq'

type Delivered = { arn: string; event: unknown; attributes: Record<string, string> | undefined }

let dir: string
let bus: EventBridge
let client: sdk.EventBridgeClient
let delivered: Delivered[]
let failing: Set<string>

async function start() {
  bus = await startEventBridge({
    dir,
    region: 'eu-central-1',
    retry,
    deliver: async (arn, event, attributes) => {
      if (failing.has(arn)) throw new Error(`${arn} is away`)
      delivered.push({ arn, event, attributes })
    },
  })
  client = new sdk.EventBridgeClient(clientOptions(bus.url))
}

function put(...Entries: sdk.PutEventsRequestEntry[]) {
  return client.send(new sdk.PutEventsCommand({ Entries }))
}

const created: sdk.PutEventsRequestEntry = {
  EventBusName: 'crm',
  Source: 'evergreen.records',
  DetailType: 'RecordCreated',
  Detail: '{"id":"cust_1#1","object":"customer"}',
}

beforeEach(async () => {
  dir = newFolder()
  delivered = []
  failing = new Set()
  await start()
})

afterEach(() => bus.stop())

describe('PutEvents', () => {
  it('delivers the envelope to the targets of the rules that fit, before it answers', async () => {
    bus.addRule({ bus: 'crm', name: 'all', pattern: { source: ['evergreen.records'] }, targets: [{ arn: queue }] })
    bus.addRule({ bus: 'crm', name: 'users', pattern: { detail: { object: ['user'] } }, targets: [{ arn: 'x' }] })
    bus.addRule({ bus: 'other', name: 'all', pattern: { source: [{ exists: true }] }, targets: [{ arn: 'y' }] })
    const { Entries, FailedEntryCount } = await put({
      ...created,
      Time: new Date('2026-01-02T03:04:05.678Z'),
      Resources: ['r'],
    })
    expect(FailedEntryCount).toBe(0)
    expect(delivered).toEqual([
      {
        arn: queue,
        attributes: undefined,
        event: {
          version: '0',
          id: Entries?.[0]?.EventId,
          'detail-type': 'RecordCreated',
          source: 'evergreen.records',
          account: '000000000000',
          time: '2026-01-02T03:04:05Z',
          region: 'eu-central-1',
          resources: ['r'],
          detail: { id: 'cust_1#1', object: 'customer' },
        },
      },
    ])
  })

  it('refuses entries one by one', async () => {
    const { Entries = [], FailedEntryCount } = await put(
      created,
      { ...created, Detail: '{"id":' },
      { ...created, Detail: '[1]' },
      { ...created, Source: undefined },
      { ...created, Source: 'aws.s3' },
    )
    expect(FailedEntryCount).toBe(4)
    expect(Entries.map(({ ErrorCode }) => ErrorCode)).toEqual([
      undefined,
      'MalformedDetail',
      'MalformedDetail',
      'InvalidArgument',
      'NotAuthorizedForSourceException',
    ])
    expect(Entries[0]?.EventId).toMatch(/^[\da-f-]{36}$/)
  })

  it('refuses more than 256 KB and more than ten entries', async () => {
    const Detail = JSON.stringify({ text: 'x'.repeat(262_144) })
    expect(await errorName(put({ ...created, Detail }))).toBe('ValidationException')
    expect(await errorName(put(...Array.from({ length: 11 }, () => created)))).toBe('ValidationException')
  })

  it('needs the permission on the bus', async () => {
    const asked: string[] = []
    const authorize = (_: string, action: string, resource: string) => {
      asked.push(`${action} ${resource}`)
      return false
    }
    const guarded = await startEventBridge({
      dir: newFolder(),
      region: 'eu-central-1',
      deliver: () => {},
      authorize,
    })
    const stranger = new sdk.EventBridgeClient(clientOptions(guarded.url, 'Stranger'))
    const denied = stranger.send(new sdk.PutEventsCommand({ Entries: [created] }))
    expect(await errorName(denied)).toBe('AccessDeniedException')
    expect(asked).toEqual(['events:PutEvents arn:aws:events:eu-central-1:000000000000:event-bus/crm'])
    await guarded.stop()
  })
})

describe('a target', () => {
  it.each([
    [{ inputPath: '$.detail.id' }, 'cust_1#1'],
    [{ inputPath: "$['detail-type']" }, 'RecordCreated'],
    [{ input: '{"fixed":true}' }, { fixed: true }],
    [
      {
        inputTransformer: {
          inputPathsMap: { id: '$.detail.id', detail: '$.detail', none: '$.detail.none' },
          inputTemplate: '{"about": "<id> of <aws.events.rule-name>", "id": <id>, "detail": <detail>, "none": <none>}',
        },
      },
      { about: 'cust_1#1 of shaped', id: 'cust_1#1', detail: { id: 'cust_1#1', object: 'customer' }, none: null },
    ],
  ])('shapes its input by %j', async (shape, expected) => {
    const pattern = { source: ['evergreen.records'] }
    bus.addRule({ bus: 'crm', name: 'shaped', pattern, targets: [{ arn: queue, ...shape }] })
    await put(created)
    expect(delivered.map(({ event }) => event)).toEqual([expected])
  })

  it('that fails once gets the event on the next attempt', async () => {
    bus.addRule({ bus: 'crm', name: 'all', pattern: { source: ['evergreen.records'] }, targets: [{ arn: queue }] })
    failing.add(queue)
    await put(created)
    expect(bus.idle()).toBe(false)
    failing.clear()
    await vi.waitFor(() => expect(bus.idle()).toBe(true), { timeout: 5000, interval: 5 })
    expect(delivered).toHaveLength(1)
  })

  it('that keeps failing has its events dead-lettered, with the reason', async () => {
    const targets = [{ arn: queue, deadLetterArn: deadLetters }]
    bus.addRule({ bus: 'crm', name: 'all', pattern: { source: ['evergreen.records'] }, targets })
    failing.add(queue)
    await put(created)
    await vi.waitFor(() => expect(bus.idle()).toBe(true), { timeout: 5000, interval: 5 })
    expect(delivered).toMatchObject([
      {
        arn: deadLetters,
        event: { 'detail-type': 'RecordCreated' },
        attributes: { TARGET_ARN: queue, ERROR_MESSAGE: `${queue} is away`, RETRY_ATTEMPTS: '3' },
      },
    ])
  })

  it('that fails still gets the event after a restart', async () => {
    bus.addRule({ bus: 'crm', name: 'all', pattern: { source: ['evergreen.records'] }, targets: [{ arn: queue }] })
    failing.add(queue)
    await put(created)
    await bus.stop()
    failing.clear()
    await start()
    await vi.waitFor(() => expect(bus.idle()).toBe(true), { timeout: 5000, interval: 5 })
    expect(delivered).toMatchObject([{ arn: queue, event: { source: 'evergreen.records' } }])
  })
})
