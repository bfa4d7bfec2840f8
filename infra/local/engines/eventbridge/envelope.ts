import { randomUUID } from 'node:crypto'
import type { PutEntry } from './put-entry.ts'

/** An event as rules see it and targets receive it. */
export type EventEnvelope = {
  version: '0'
  id: string
  'detail-type': string
  source: string
  account: string
  time: string
  region: string
  resources: string[]
  detail: Record<string, unknown>
}

/** Wraps a checked entry the way EventBridge does; times have whole seconds. */
export function toEnvelope(entry: PutEntry, detail: Record<string, unknown>, at: EventPlace): EventEnvelope {
  const timeMs = entry.Time === undefined ? at.nowMs : entry.Time * 1000
  return {
    version: '0',
    id: randomUUID(),
    'detail-type': entry.DetailType ?? '',
    source: entry.Source ?? '',
    account: at.accountId,
    time: new Date(timeMs).toISOString().replace(/\.\d+Z$/, 'Z'),
    region: at.region,
    resources: entry.Resources ?? [],
    detail,
  }
}

/** Where and when an event came in. */
type EventPlace = { accountId: string; region: string; nowMs: number }
