import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { objectPartition } from '#lib/store/keys.ts'
import { readRows } from '#lib/store/query.ts'
import { toRecord } from '#lib/store/read.ts'
import { createStore, type Store } from '#lib/store/table.ts'

/** A reminder as it was made: when it is due, in milliseconds since 1970, and whether its schedule gets lost. */
export type Made = { id: string; dueAt: number; isLost: boolean }

/** What became of reminders: how many were told never, and more than once, and how late in milliseconds those were whose schedule ran. */
export type Truth = {
  told: number
  lost: string[]
  twice: string[]
  lateness: Record<'p50' | 'p99' | 'longest', number>
}

type Running = { endpoints: Record<string, string>; tableNames: Record<string, string> }

/** The table of a running stack, past the product. */
export function openStackStore({ endpoints, tableNames }: Running): { store: Store; close(): void } {
  const credentials = { accessKeyId: 'check', secretAccessKey: 'check' }
  const base = new DynamoDBClient({ endpoint: endpoints['dynamodb'] ?? '', region: 'ap-southeast-1', credentials })
  const client = DynamoDBDocumentClient.from(base, { marshallOptions: { removeUndefinedValues: true } })
  return { store: createStore({ name: tableNames['Records'] ?? '', client }), close: () => base.destroy() }
}

/** Reads every notification of the stack, past the product, and holds them to what was made. */
export async function readTruth(running: Running, made: readonly Made[]): Promise<Truth> {
  const told = await tellings(running)
  const scheduled = made.filter(({ isLost }) => !isLost)
  const late = scheduled.flatMap(({ id, dueAt }) => (told.get(id) ?? []).slice(0, 1).map(at => at - dueAt))
  late.sort((a, b) => a - b)
  const at = (share: number) => late[Math.min(late.length - 1, Math.floor(late.length * share))] ?? 0
  return {
    told: made.filter(({ id }) => told.has(id)).length,
    lost: made.flatMap(({ id }) => (told.has(id) ? [] : [id])),
    twice: made.flatMap(({ id }) => ((told.get(id)?.length ?? 0) > 1 ? [id] : [])),
    lateness: { p50: at(0.5), p99: at(0.99), longest: at(1) },
  }
}

/** When each reminder was told, by its id. */
async function tellings(running: Running) {
  const { store, close } = openStackStore(running)
  const told = new Map<string, number[]>()
  const partition = { index: 'byObject', pk: objectPartition('notification', 0, 'all') } as const
  for await (const { item } of readRows(store, partition, { batch: 1_000 })) {
    const { fields } = toRecord(item)
    const id = String(fields['link']).split('/').at(-1) ?? ''
    if (fields['kind'] === 'reminder') told.set(id, [...(told.get(id) ?? []), Date.parse(String(fields['sentAt']))])
  }
  close()
  return told
}
