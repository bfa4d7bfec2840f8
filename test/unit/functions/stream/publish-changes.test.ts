import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge'
import type { DynamoDBRecord } from 'aws-lambda'
import { mockClient } from 'aws-sdk-client-mock'
import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { recordChanged } from '#schemas/events/record-changed.ts'

const bus = mockClient(EventBridgeClient)
const tenant = {
  name: 'local',
  phoneRegion: 'CN',
  timeZone: 'Asia/Shanghai',
  currency: 'CNY',
  locale: 'en',
  listShards: 1,
}
vi.stubEnv('TENANT', JSON.stringify(tenant))
vi.stubEnv('AWS_REGION', 'eu-west-1')
vi.stubEnv('BUS_NAME', 'evergreen-local')
const { handler } = await import('#functions/stream/publish-changes.ts')

beforeAll(() => void vi.spyOn(process.stdout, 'write').mockReturnValue(true))
beforeEach(() => {
  bus.reset()
  bus
    .on(PutEventsCommand)
    .callsFake(({ Entries }) => ({ FailedEntryCount: 0, Entries: Entries.map(() => ({ EventId: 'e' })) }))
})

const S = (text: string) => ({ S: text })

const change = (
  sequence: number,
  action = 'updated',
  more: NonNullable<DynamoDBRecord['dynamodb']> = {},
): DynamoDBRecord => ({
  eventID: `e${sequence}`,
  eventName: 'INSERT',
  eventSource: 'aws:dynamodb',
  dynamodb: {
    Keys: { pk: S('R#cust_1'), sk: S('V#0000000002') },
    NewImage: {
      id: S('cust_1'),
      object: S('customer'),
      version: { N: String(sequence) },
      action: S(action),
      at: S('2026-03-31T01:00:00.000Z'),
      actorId: S('user_1'),
      requestId: S('r'),
      source: S('api'),
      changes: { M: { name: { M: { old: S('张三'), new: S('李四') } }, tags: { M: {} } } },
    },
    SequenceNumber: String(sequence),
    ...more,
  },
})

const sent = () => bus.commandCalls(PutEventsCommand).flatMap(call => call.args[0].input.Entries ?? [])
const publish = (...Records: DynamoDBRecord[]) => handler({ Records })
const failures = (...ids: number[]) => ({ batchItemFailures: ids.map(id => ({ itemIdentifier: String(id) })) })

describe('publish-changes', () => {
  it.each([
    ['merged', 'RecordsMerged', { into: S('cust_2') }, { id: 'mrg_1', into: 'cust_2' }],
    ['unmerged', 'RecordsUnmerged', { absorbed: { L: [S('cust_2')] } }, { id: 'mrg_1', absorbed: ['cust_2'] }],
  ])('tells of a record that was %s which merge it is part of', async (action, type, marks, merge) => {
    const record = change(2, action)
    Object.assign(record.dynamodb?.NewImage ?? {}, { merge: { M: { id: S('mrg_1'), ...marks } } })
    expect(await publish(record)).toEqual(failures())
    const [entry] = sent()
    expect(entry?.DetailType).toBe(type)
    expect(recordChanged.parse(JSON.parse(entry?.Detail ?? '')).merge).toEqual(merge)
  })

  it('puts a change on the bus with the same id at every try, and without values', async () => {
    for (let attempt = 0; attempt < 2; attempt++) expect(await publish(change(2))).toEqual(failures())
    const [first, second] = sent()
    expect(second).toEqual(first)
    expect(first).toMatchObject({
      EventBusName: 'evergreen-local',
      Source: 'evergreen.records',
      DetailType: 'RecordUpdated',
    })
    expect(recordChanged.parse(JSON.parse(first?.Detail ?? ''))).toEqual({
      id: 'cust_1#2',
      tenant: 'local',
      object: 'customer',
      recordId: 'cust_1',
      version: 2,
      changedFields: ['name', 'tags'],
      at: '2026-03-31T01:00:00.000Z',
      actorId: 'user_1',
      requestId: 'r',
      source: 'api',
    })
    expect(first?.Detail).not.toMatch(/张三|李四/)
  })

  it.each([
    ['created', 'RecordCreated'],
    ['updated', 'RecordUpdated'],
    ['reverted', 'RecordUpdated'],
    ['deleted', 'RecordDeleted'],
    ['restored', 'RecordRestored'],
  ])('says %s as %s', async (action, type) => {
    await publish(change(1, action))
    expect(sent()[0]?.DetailType).toBe(type)
  })

  it('sends in tens, in order', async () => {
    await publish(...Array.from({ length: 25 }, (_, i) => change(i + 1)))
    expect(bus.commandCalls(PutEventsCommand).map(call => call.args[0].input.Entries?.length)).toEqual([10, 10, 5])
    expect(sent().map(entry => JSON.parse(entry.Detail ?? '').version)).toEqual(
      Array.from({ length: 25 }, (_, i) => i + 1),
    )
  })

  it('reports what the bus did not take', async () => {
    const answer = {
      FailedEntryCount: 1,
      Entries: [{ EventId: 'e' }, { ErrorCode: 'InternalFailure' }, { EventId: 'e' }],
    }
    bus.on(PutEventsCommand).resolves(answer)
    expect(await publish(change(1), change(2), change(3))).toEqual(failures(2))
  })

  it.each([
    ['of an unknown kind', change(1, 'exploded')],
    ['without an image', change(1, 'updated', { NewImage: undefined as never })],
    [
      'with a version that is no number',
      change(1, 'updated', { NewImage: { ...change(1).dynamodb?.NewImage, version: S('1') } }),
    ],
    ['of another item', change(1, 'updated', { NewImage: { pk: S('I#x'), sk: S('A') } })],
  ])('reports a change %s and publishes the rest', async (_, malformed) => {
    expect(await publish(malformed, change(2))).toEqual(failures(1))
    expect(sent()).toHaveLength(1)
  })

  it('fails as a whole when the bus is down, so that the stream tries again', async () => {
    bus.on(PutEventsCommand).rejects(new Error('no bus'))
    await expect(publish(change(1))).rejects.toThrow('no bus')
  })

  it('sends nothing when nothing is right', async () => {
    expect(await publish(change(1, 'exploded'))).toEqual(failures(1))
    expect(sent()).toEqual([])
  })
})
