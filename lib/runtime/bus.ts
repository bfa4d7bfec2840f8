import { EventBridgeClient, PutEventsCommand, type PutEventsCommandOutput } from '@aws-sdk/client-eventbridge'
import { CrmError, unavailable } from '#lib/errors.ts'
import { isOutage } from '#lib/runtime/outage.ts'

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

/**
 * Puts events on the bus.
 * @returns the places of those that were not taken, in rising order.
 * @throws CrmError `unavailable` when the bus does not answer at all; nothing is on it then.
 */
export async function publish(bus: Bus, events: readonly BusEvent[]): Promise<number[]> {
  const failed: number[] = []
  for (let start = 0; start < events.length; start += batchLimit) {
    const answer = await put(bus, events.slice(start, start + batchLimit)).catch(outage)
    // What was sent stays sent: only the rest is to be sent again.
    if (answer instanceof CrmError && start > 0) return [...failed, ...[...events.keys()].slice(start)]
    if (answer instanceof CrmError) throw answer
    answer.Entries?.forEach((entry, i) => {
      if (entry.ErrorCode) failed.push(start + i)
    })
  }
  return failed
}

async function put(bus: Bus, events: readonly BusEvent[]): Promise<PutEventsCommandOutput> {
  const entries = events.map(event => ({
    EventBusName: bus.name,
    Source: event.source,
    DetailType: event.detailType,
    Detail: JSON.stringify(event.detail),
    Time: event.time,
  }))
  return bus.client.send(new PutEventsCommand({ Entries: entries }))
}

function outage(error: unknown): CrmError {
  if (isOutage(error)) return unavailable('The event bus does not answer. Retrying is safe.', error)
  throw error
}
