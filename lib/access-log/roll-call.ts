import type { Finding } from '#lib/access-log/finding.ts'
import { parseLogFileKey } from '#lib/access-log/log-keys.ts'
import { strayFinding } from '#lib/access-log/survey-trail.ts'
import type { TrailFile } from '#lib/access-log/trail-store.ts'

/**
 * Holds the listing of log files against the names in digests, both in the order of time, so that it need not know all names at
 * once: only files that no digest has named yet, and names whose files the listing has not reached.
 */
export type RollCall = {
  /** A digest names this file. */
  name(key: string): void
  /** Reads the listing on, up to the files of a time. */
  readTo(time: Date): Promise<void>
  /** The files that no digest has named so far. */
  unnamed(): ReadonlyMap<string, TrailFile>
  strays(): readonly Finding[]
}

/** `from` and `to`: only files that were delivered between them are called. */
export function createRollCall(listing: AsyncIterable<TrailFile>, range: { from?: Date; to?: Date }): RollCall {
  const files = listing[Symbol.asyncIterator]()
  const unnamed = new Map<string, TrailFile>()
  const early = new Set<string>()
  const strays: Finding[] = []
  let head: TrailFile | undefined
  let hasEnded = false
  const call = (file: TrailFile) => {
    if (!early.delete(file.key)) unnamed.set(file.key, file)
  }
  const pull = async () => {
    const next = await files.next()
    hasEnded = next.done === true
    head = next.done === true ? undefined : next.value
  }
  return {
    name: key => {
      if (!unnamed.delete(key)) early.add(key)
    },
    readTo: async time => {
      const until = range.to && range.to < time ? range.to : time
      if (!head && !hasEnded) await pull()
      while (head) {
        const deliveredAt = parseLogFileKey(head.key)?.deliveredAt
        if (deliveredAt && deliveredAt >= until) return
        if (!deliveredAt) strays.push(strayFinding(head.key))
        if (deliveredAt && !(range.from && deliveredAt < range.from)) call(head)
        await pull()
      }
    },
    unnamed: () => unnamed,
    strays: () => strays,
  }
}
