import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { type HttpClient, Refused } from './http-client.ts'
import { startProgress } from './progress.ts'

/** 100: the most operations of a batch. */
const batchSize = 100
/** 4 batches under way keep the table busy. */
const inFlight = 4
/** A batch that met an overload is sent again with the same key, as a client would: what was done is not done twice. */
const attempts = 6

type Result = { status: number; id?: string; problem?: { detail: string } }

/** Creates records through `POST /v1/<object>/batch`; returns their ids in order. Throws when a row is refused. */
export async function loadRecords(
  client: HttpClient,
  object: string,
  rows: { count: number; next(): Record<string, unknown> },
): Promise<string[]> {
  const ids: string[] = []
  const progress = startProgress(`loading ${object}`, rows.count)
  let started = 0
  const worker = async () => {
    while (started < rows.count) {
      const size = Math.min(batchSize, rows.count - started)
      started += size
      const operations = Array.from({ length: size }, () => ({ op: 'create', record: rows.next() }))
      ids.push(...(await createBatch(client, object, operations)))
      progress.at(ids.length)
    }
  }
  await Promise.all(Array.from({ length: inFlight }, worker))
  progress.end()
  return ids
}

async function createBatch(client: HttpClient, object: string, operations: unknown[]): Promise<string[]> {
  const key = `bench-${randomUUID()}`
  for (let attempt = 1; ; attempt++) {
    try {
      const { json } = await client.send('POST', `/v1/${object}/batch`, { operations }, key)
      return idsOf(json, object)
    } catch (error) {
      const isOverload = error instanceof Refused && (error.status === 503 || error.status === 429)
      if (attempt === attempts || !isOverload) throw error
      await sleep(1_000 * attempt)
    }
  }
}

/** Throws where a row was refused, as an overload where that is why. */
function idsOf(json: unknown, object: string): string[] {
  return (json as { results: Result[] }).results.map(({ id, status, problem }) => {
    if (id === undefined) throw new Refused(object, status, problem?.detail ?? '')
    return id
  })
}
