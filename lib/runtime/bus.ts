import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge'

/** One event for the tenant's bus. `detail` is an object that JSON can say, 256 KB at most with the rest. */
export type BusEvent = { source: string; detailType: string; detail: Record<string, unknown>; time: Date }

/** A connection to a bus; one per container. */
export type Bus = { name: string; client: EventBridgeClient }

/** 10: EventBridge's ceiling for a PutEvents. */
const batchLimit = 10

/** Opens a bus by its name. */
export function openBus(name: string): Bus {
  return { name, client: new EventBridgeClient({ maxAttempts: 5, retryMode: 'standard' }) }
}

/** Puts events on the bus; returns the places of those that were not taken, in rising order. */
export async function publish(bus: Bus, events: readonly BusEvent[]): Promise<number[]> {
  const failed: number[] = []
  for (let start = 0; start < events.length; start += batchLimit) {
    const entries = events.slice(start, start + batchLimit).map(event => ({
      EventBusName: bus.name,
      Source: event.source,
      DetailType: event.detailType,
      Detail: JSON.stringify(event.detail),
      Time: event.time,
    }))
    const answer = await bus.client.send(new PutEventsCommand({ Entries: entries }))
    answer.Entries?.forEach((entry, i) => {
      if (entry.ErrorCode) failed.push(start + i)
    })
  }
  return failed
}
