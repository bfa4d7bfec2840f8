import type { HttpClient } from './http-client.ts'
import { startProgress } from './progress.ts'

/** 100: the most operations of a batch. */
const batchSize = 100
/** 4 batches under way keep the table busy. */
const inFlight = 4

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
  const { json } = await client.send('POST', `/v1/${object}/batch`, { operations })
  return resultsOf(json).map(({ id, status, problem }) => {
    if (id === undefined) throw new Error(`${object}: ${status} ${problem?.detail}`)
    return id
  })
}

function resultsOf(json: unknown): Result[] {
  return (json as { results: Result[] }).results
}
