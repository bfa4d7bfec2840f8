import * as z from 'zod'
import { AwsError } from '../aws-error.ts'
import { type Engine, type EngineOptions, type EngineSettings, engineSettings } from '../engine.ts'
import { operation, startJsonServer } from '../json-server.ts'
import { type Deliver, type Deliveries, openDeliveries, type RetryPolicy } from './deliveries.ts'
import { toEnvelope } from './envelope.ts'
import { checkEntry, type EntryProblem, entrySize, type PutEntry, putEntry } from './put-entry.ts'
import { busName, createRules, type Rule, type Rules } from './rules.ts'

/** EventBridge's limit for all entries of one request together. */
const maxRequestBytes = 262_144

const defaultRetry: RetryPolicy = { attempts: 8, firstDelayMs: 250, longestDelayMs: 15_000 }

const putEvents = z.object({ Entries: z.array(putEntry).min(1).max(10) })

/** How EventBridge is started. */
type EventBridgeOptions = EngineOptions & {
  /** Routes an event to a queue or a function; a rejection is tried again, then dead-lettered. */
  deliver: Deliver
  retry?: RetryPolicy | undefined
}

/** A running EventBridge. */
export type EventBridge = Engine & {
  /** Adds a rule, or replaces the one of the same bus and name. */
  addRule(rule: Rule): void
  /** Puts an event on a bus from within; answers why it was not taken. */
  put(entry: PutEntry): Promise<Partial<EntryProblem>>
  /** True when every event is delivered, dead-lettered or dropped. */
  idle(): boolean
}

type EntryResult = { EventId: string; ErrorCode?: never; ErrorMessage?: never } | EntryProblem

/** Starts an EventBridge; what it could not deliver yet is kept in `dir`. */
export async function startEventBridge(options: EventBridgeOptions): Promise<EventBridge> {
  const settings = engineSettings(options)
  const rules = createRules(settings)
  const deliveries = openDeliveries(settings, options.deliver, options.retry ?? defaultRetry)
  const busArn = (bus: string) => `arn:aws:events:${settings.region}:${settings.accountId}:event-bus/${busName(bus)}`
  const operations = {
    PutEvents: operation({
      input: putEvents,
      needs: ({ Entries }) =>
        [...new Set(Entries.map(entry => busArn(entry.EventBusName)))].map(resource => ({
          action: 'events:PutEvents',
          resource,
        })),
      run: ({ Entries }) => putEntries({ settings, rules, deliveries }, Entries),
    }),
  }
  const server = await startJsonServer(
    { target: 'AWSEvents', version: '1.1', operations, invalidInput: 'ValidationException' },
    settings,
  )
  return {
    url: server.url,
    addRule: rules.add,
    put: entry => putOne({ settings, rules, deliveries }, entry),
    idle: deliveries.isIdle,
    stop: async () => {
      await server.stop()
      await deliveries.close()
    },
  }
}

type Bus = { settings: EngineSettings; rules: Rules; deliveries: Deliveries }

/** Answers only when every target has its events, or their retry is on disk. */
async function putEntries(bus: Bus, entries: PutEntry[]) {
  const bytes = entries.reduce((sum, entry) => sum + entrySize(entry), 0)
  if (bytes > maxRequestBytes) {
    throw new AwsError(
      'ValidationException',
      `Total size of the entries in the request is over the limit: ${bytes} of ${maxRequestBytes} bytes.`,
    )
  }
  const results = await Promise.all(entries.map(entry => putOne(bus, entry)))
  return { FailedEntryCount: results.filter(result => result.ErrorCode !== undefined).length, Entries: results }
}

async function putOne({ settings, rules, deliveries }: Bus, entry: PutEntry): Promise<EntryResult> {
  const checked = checkEntry(entry)
  if ('problem' in checked) return checked.problem
  const event = toEnvelope(entry, checked.detail, { ...settings, nowMs: settings.now() })
  await Promise.all(rules.deliveriesOf(entry.EventBusName, event).map(deliveries.send))
  return { EventId: event.id }
}
