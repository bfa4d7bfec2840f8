import { describe, expect, it } from 'vitest'
import type { Outcome } from '#infra/local/lambda/worker.ts'
import { type BatchItem, processBatch, type RetryPolicy } from '#infra/local/streams/batch.ts'

const policy: RetryPolicy = {
  maxRetries: 3,
  maxAgeS: 86_400,
  bisects: true,
  reportsItemFailures: true,
  backoffMs: () => 0,
}

const items = (...names: string[]): BatchItem[] =>
  names.map(identifier => ({ record: identifier, identifier, createdAtS: Date.now() / 1000 }))

/** Runs a batch against a function given as its answer to each call; tells which records each call got. */
async function run(
  batch: BatchItem[],
  answer: (records: string[], call: number) => Outcome,
  overrides: Partial<RetryPolicy> = {},
) {
  const calls: string[] = []
  const givenUp: string[] = []
  await processBatch(
    batch,
    { ...policy, ...overrides },
    {
      invoke: async records => {
        calls.push((records as string[]).join(''))
        return answer(records as string[], calls.length)
      },
      giveUp: (rest, { condition, invokeCount }) =>
        void givenUp.push(`${rest.map(({ identifier }) => identifier).join('')} ${condition} ${invokeCount}`),
      sleep: async () => {},
    },
  )
  return { calls, givenUp }
}

const ok: Outcome = { ok: true, result: { batchItemFailures: [] } }
const error: Outcome = { ok: false, errorType: 'Error', errorMessage: 'x' }
const failing = (...names: string[]): Outcome => ({
  ok: true,
  result: { batchItemFailures: names.map(itemIdentifier => ({ itemIdentifier })) },
})

describe('processBatch', () => {
  it.each([
    ['an empty report', ok],
    ['nothing', { ok: true, result: undefined }],
    ['null', { ok: true, result: null }],
  ] as [string, Outcome][])('is done after %s', async (_name, outcome) => {
    expect(await run(items('a', 'b'), () => outcome)).toEqual({ calls: ['ab'], givenUp: [] })
  })

  it('goes on from the first reported failure', async () => {
    const { calls, givenUp } = await run(items('a', 'b', 'c', 'd'), (_records, call) =>
      call === 1 ? failing('c', 'd') : ok,
    )
    expect(calls).toEqual(['abcd', 'cd'])
    expect(givenUp).toEqual([])
  })

  it('halves a batch that fails as a whole until the poison record is alone, and gives up on that one only', async () => {
    const { calls, givenUp } = await run(items('a', 'b', 'x', 'd'), records => (records.includes('x') ? error : ok))
    expect(calls).toEqual(['abxd', 'ab', 'xd', 'x', 'x', 'x', 'x', 'd'])
    expect(givenUp).toEqual(['x RetryAttemptsExhausted 4'])
  })

  it('isolates a poison record that the function names', async () => {
    const { calls, givenUp } = await run(items('a', 'x', 'c'), records => (records.includes('x') ? failing('x') : ok))
    expect(calls.slice(0, 3)).toEqual(['axc', 'xc', 'x'])
    expect(calls.at(-1)).toBe('c')
    expect(givenUp).toHaveLength(1)
  })

  it('retries the whole batch without bisecting and gives all of it up', async () => {
    const { calls, givenUp } = await run(items('a', 'b'), () => error, { bisects: false, maxRetries: 2 })
    expect(calls).toEqual(['ab', 'ab', 'ab'])
    expect(givenUp).toEqual(['ab RetryAttemptsExhausted 3'])
  })

  it('gives up at once on what is too old to be retried', async () => {
    const old = items('a').map(item => ({ ...item, createdAtS: 1 }))
    expect((await run(old, () => error)).givenUp).toEqual(['a RecordAgeExceeded 1'])
  })

  it.each([
    ['a name that is not in the batch', failing('zzz')],
    ['an empty name', failing('')],
    ['a report that is none', { ok: true, result: { batchItemFailures: 'all' } }],
  ] as [string, Outcome][])('takes %s for the failure of all', async (_name, outcome) => {
    const { calls } = await run(items('a', 'b'), (_records, call) => (call === 1 ? outcome : ok), { bisects: false })
    expect(calls).toEqual(['ab', 'ab'])
  })

  it('ignores reports when the mapping does not ask for them', async () => {
    expect((await run(items('a'), () => failing('a'), { reportsItemFailures: false })).calls).toEqual(['a'])
  })
})
