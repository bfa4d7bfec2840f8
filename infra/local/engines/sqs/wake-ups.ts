import type { MessageStore } from './message-store.ts'
import type { Queue } from './queue-store.ts'

type Watch = { callbacks: Set<() => void>; timer: NodeJS.Timeout | undefined; dueAt: number; isNotified: boolean }

/** Tells listeners that a queue may have visible messages. */
export type WakeUps = ReturnType<typeof createWakeUps>

/** Wakes listeners when messages arrive and again when hidden ones reappear, so that nobody needs to poll. */
export function createWakeUps(messages: MessageStore, now: () => number) {
  const watches = new Map<string, Watch>()

  const notify = (queue: Queue): void => {
    const watch = watches.get(queue.name)
    if (watch === undefined || watch.isNotified) return
    watch.isNotified = true
    setImmediate(() => {
      watch.isNotified = false
      for (const callback of [...watch.callbacks]) callback()
    })
  }

  const expectAt = (queue: Queue, at: number | undefined): void => {
    const watch = watches.get(queue.name)
    if (watch === undefined || at === undefined || (watch.timer !== undefined && watch.dueAt <= at)) return
    clearTimeout(watch.timer)
    watch.dueAt = at
    watch.timer = setTimeout(
      () => {
        watch.timer = undefined
        notify(queue)
        expectAt(queue, messages.nextVisibleAt(queue))
      },
      Math.max(1, at - now()),
    )
  }

  return {
    notify,
    expectAt,
    /** Calls back soon when messages wait already; answers how to stop listening. */
    listen: (queue: Queue, callback: () => void): (() => void) => {
      const watch = watches.get(queue.name) ?? { callbacks: new Set(), timer: undefined, dueAt: 0, isNotified: false }
      watches.set(queue.name, watch)
      watch.callbacks.add(callback)
      if (messages.countVisible(queue) > 0) notify(queue)
      expectAt(queue, messages.nextVisibleAt(queue))
      return () => {
        watch.callbacks.delete(callback)
        if (watch.callbacks.size > 0) return
        clearTimeout(watch.timer)
        watches.delete(queue.name)
      }
    },
    stop: () => {
      for (const { timer } of watches.values()) clearTimeout(timer)
      watches.clear()
    },
  }
}
