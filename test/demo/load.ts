import { setTimeout as sleep } from 'node:timers/promises'
import type { Api, Caller } from './http.ts'
import type { Input } from './people.ts'
import { progress } from './screen.ts'

/** A row that the API refused, and why. */
export type Rejected = { line: number; label: string; reason: string }

/** What became of the rows: the id of each in order, undefined where it was refused. */
export type Loaded = { ids: (string | undefined)[]; rejected: Rejected[]; ms: number }

/** 100: the most operations a batch may have. */
const batchSize = 100
/** 3 batches under way keep the table busy. */
const inFlight = 3
/** A batch that met an overload is sent again, with the same key: what was done is not done twice. */
const attempts = 5

/** Creates records through `POST /v1/<object>/batch`; each row is either created or listed as rejected. */
export async function load(api: Api, as: Caller, object: string, inputs: readonly Input[]): Promise<Loaded> {
  const started = performance.now()
  const loaded: Loaded = { ids: inputs.map(() => undefined), rejected: [], ms: 0 }
  const shown = progress(object, inputs.length)
  let next = 0
  let done = 0
  const worker = async () => {
    for (let start = next; start < inputs.length; start = next) {
      next = start + batchSize
      const batch = inputs.slice(start, next)
      const results = await sendBatch(api, { as, object, start, batch })
      for (const [i, input] of batch.entries()) settle(loaded, start + i, input, results[i])
      done += batch.length
      shown.at(done)
    }
  }
  await Promise.all(Array.from({ length: inFlight }, worker))
  shown.end()
  return { ...loaded, ms: performance.now() - started }
}

type Result = {
  status: number
  id?: string
  problem?: { detail: string; errors?: { pointer?: string; detail: string }[] }
}

async function sendBatch(
  api: Api,
  { as, object, start, batch }: { as: Caller; object: string; start: number; batch: readonly Input[] },
): Promise<Result[]> {
  const call = {
    as,
    method: 'POST',
    // The people in the file repeat each other: the duplicates are wanted here, to be found later.
    path: `/v1/${object}/batch?allowDuplicates=true`,
    headers: { 'Idempotency-Key': `demo-${object}-${start}` },
    body: { operations: batch.map(({ record }) => ({ op: 'create', record })) },
  } as const
  for (let attempt = 1; ; attempt++) {
    const { json } = await api.send(call, 200)
    const results: Result[] = json.results
    if (attempt === attempts || results.every(({ status }) => status < 500)) return results
    await sleep(200 * 2 ** attempt)
  }
}

function settle(loaded: Loaded, index: number, input: Input, result: Result | undefined): void {
  loaded.ids[index] = result?.id
  if (result?.id !== undefined) return
  const errors = result?.problem?.errors?.map(({ pointer, detail }) => `${pointer} ${detail}`)
  const reason = errors?.join(' ') ?? result?.problem?.detail ?? 'no result'
  loaded.rejected.push({ line: input.line, label: input.label, reason })
}
