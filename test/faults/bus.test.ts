import { EventBridgeClient, PutEventsCommand, type PutEventsCommandInput } from '@aws-sdk/client-eventbridge'
import { mockClient } from 'aws-sdk-client-mock'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Bus, type BusEvent, openBus, publish } from '#lib/runtime/bus.ts'
import { outages } from './faults.ts'

process.env['AWS_REGION'] = 'ap-southeast-1'
const mock = mockClient(EventBridgeClient)
let bus: Bus
beforeEach(() => {
  bus = openBus('evergreen-test')
})
afterEach(() => mock.reset())

const events = (count: number): BusEvent[] =>
  Array.from({ length: count }, (_, i) => ({
    source: 'evergreen.records',
    detailType: 'RecordUpdated',
    detail: { id: `cust_1#${i}` },
    time: new Date('2026-01-01T00:00:00Z'),
  }))

/** The bus takes all entries but those whose id ends so. */
const refusing = (...ends: string[]) =>
  mock.on(PutEventsCommand).callsFake(({ Entries = [] }: PutEventsCommandInput) => {
    const answers = Entries.map(({ Detail = '' }) =>
      ends.some(end => Detail.endsWith(`#${end}"}`)) ? { ErrorCode: 'ThrottlingException' } : { EventId: Detail },
    )
    return { Entries: answers, FailedEntryCount: answers.filter(each => 'ErrorCode' in each).length }
  })

describe('publish', () => {
  it('puts events on the bus in tens, with source, type, detail and time', async () => {
    refusing()
    expect(await publish(bus, events(25))).toEqual([])
    const sizes = mock.commandCalls(PutEventsCommand).map(call => call.args[0].input.Entries?.length)
    expect(sizes).toEqual([10, 10, 5])
    expect(mock.commandCalls(PutEventsCommand)[0]?.args[0].input.Entries?.[0]).toEqual({
      EventBusName: 'evergreen-test',
      Source: 'evergreen.records',
      DetailType: 'RecordUpdated',
      Detail: '{"id":"cust_1#0"}',
      Time: new Date('2026-01-01T00:00:00Z'),
    })
  })

  it('no events are no call', async () => {
    expect(await publish(bus, [])).toEqual([])
    expect(mock.commandCalls(PutEventsCommand)).toHaveLength(0)
  })

  it.each([
    ['the first', ['0'], [0]],
    ['the last', ['24'], [24]],
    ['some of each call', ['3', '11', '12', '20'], [3, 11, 12, 20]],
  ])('tells which were not taken: %s', async (_what, ends, places) => {
    refusing(...ends)
    expect(await publish(bus, events(25))).toEqual(places)
  })

  it('tells when none was taken', async () => {
    refusing(...Array.from({ length: 12 }, (_, i) => String(i)))
    expect(await publish(bus, events(12))).toEqual(Array.from({ length: 12 }, (_, i) => i))
  })

  it.each(Object.entries(outages))('%s ends as unavailable: no event is told to be taken', async (_what, error) => {
    refusing()
    mock.on(PutEventsCommand).rejectsOnce(error())
    await expect(publish(bus, events(3))).rejects.toMatchObject({ code: 'unavailable' })
  })

  it('an outage on the way tells the rest as not taken, so that only they are sent again', async () => {
    mock
      .on(PutEventsCommand)
      .resolvesOnce({ Entries: Array.from({ length: 10 }, () => ({ EventId: 'x' })) })
      .rejects(outages['throttling']?.() ?? new Error('x'))
    expect(await publish(bus, events(25))).toEqual(Array.from({ length: 15 }, (_, i) => 10 + i))
  })

  it('a denied call is thrown as it is', async () => {
    mock.on(PutEventsCommand).rejects(Object.assign(new Error('injected'), { name: 'AccessDeniedException' }))
    await expect(publish(bus, events(1))).rejects.toMatchObject({ name: 'AccessDeniedException' })
  })
})
