import { join } from 'node:path'
import { openDatabase } from '../database.ts'
import type { EngineSettings } from '../engine.ts'
import {
  type HeldMessage,
  type MessageStore,
  messageSchema,
  type NewMessage,
  openMessageStore,
} from './message-store.ts'
import { openQueueStore, type Queue, type QueueStore, queueName, queueSchema } from './queue-store.ts'
import { createWakeUps, type WakeUps } from './wake-ups.ts'

/** How often messages older than their queue's retention are dropped. */
const expiryIntervalMs = 60_000

/** Everything that queues do, whether asked for over HTTP or in-process. */
export type Broker = ReturnType<typeof openBroker>

/** Opens the queues and messages kept in the engine's folder. */
export function openBroker(settings: EngineSettings) {
  const database = openDatabase(join(settings.dir, 'queues.db'), queueSchema + messageSchema)
  const queues = openQueueStore(database, settings)
  const messages = openMessageStore(database, queues, settings.now)
  const wakeUps = createWakeUps(messages, settings.now)
  const failureQueues = new Set<string>()
  const closing = new AbortController()
  const expireAll = () => queues.all().forEach(messages.expire)
  expireAll()
  const expiry = setInterval(expireAll, expiryIntervalMs)
  return {
    queues,
    messages,
    ...wakingActions(messages, wakeUps, settings.now),
    listen: wakeUps.listen,
    transaction: database.transaction,
    /** Declares a queue that collects failures without being the target of a redrive policy. */
    holdFailures: (name: string) => failureQueues.add(name),
    isIdle: () => queuesToDrain(queues, failureQueues).every(messages.isEmpty),
    /** Aborted by `endWaiting`, so that long polls answer before the server stops. */
    closingSignal: closing.signal,
    endWaiting: () => closing.abort(),
    close: () => {
      clearInterval(expiry)
      wakeUps.stop()
      database.close()
    },
  }
}

/** The actions that make messages visible now or later, and so wake whoever listens. */
function wakingActions(messages: MessageStore, wakeUps: WakeUps, now: () => number) {
  const wakeAfter = (queue: Queue, delayS: number): void => {
    if (delayS > 0) wakeUps.expectAt(queue, now() + delayS * 1000)
    else wakeUps.notify(queue)
  }
  return {
    send: (queue: Queue, batch: NewMessage[]): string[] => {
      if (batch.length === 0) return []
      const ids = messages.add(queue, batch)
      wakeAfter(queue, Math.min(...batch.map(({ delayS }) => delayS)))
      return ids
    },
    receive: (queue: Queue, max: number, visibilityS: number): HeldMessage[] => {
      const { held, movedTo } = messages.take(queue, max, visibilityS)
      if (movedTo !== undefined) wakeUps.notify(movedTo)
      if (held.length > 0) wakeAfter(queue, visibilityS)
      return held
    },
    setVisibility: (queue: Queue, handle: string, visibilityS: number): boolean => {
      const isHeld = messages.setVisibility(queue, handle, visibilityS)
      wakeAfter(queue, visibilityS)
      return isHeld
    },
  }
}

function queuesToDrain(queues: QueueStore, failureQueues: ReadonlySet<string>): Queue[] {
  const targets = queues.all().flatMap(({ attributes }) => attributes.RedrivePolicy?.deadLetterTargetArn ?? [])
  const deadLetters = new Set([...failureQueues, ...targets.map(queueName)])
  return queues.all().filter(({ name }) => !deadLetters.has(name))
}
