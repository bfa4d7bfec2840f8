import { once } from 'node:events'
import { parseArgs } from 'node:util'
import { Worker } from 'node:worker_threads'
import { createCustomers } from './customers.ts'
import { createHttpClient, type HttpClient } from './http-client.ts'
import { type StackProcess, startStackProcess } from './stack-process.ts'

// npm run bench:access-log-cost : reads of one client on two stacks, one of which tells no accesses, block by block in turn.

const { values: flags } = parseArgs({
  options: { customers: { type: 'string', default: '200' }, rounds: { type: 'string', default: '20' } },
})
const perBlock = 100
/** The figure: what telling accesses may add to a read's p50. */
const ceiling = 0.15

type Side = { stack: StackProcess; api: HttpClient; ids: readonly string[]; ms: number[]; inside: number[] }

async function open(without: 'nothing' | 'access-log'): Promise<Side> {
  const stack = await startStackProcess('log-cost', without)
  const token = await stack.tokenFor('admin@example.com')
  const api = createHttpClient(stack.url, token)
  const { json } = await api.send('GET', '/v1/users?limit=200')
  const ownerIds = (json as { items: { id: string }[] }).items.map(({ id }) => id)
  const { next } = createCustomers(1, ownerIds)
  const ids: string[] = []
  for (let i = 0; i < Number(flags.customers); i++) {
    const made = await api.send('POST', '/v1/customers?allowDuplicates=true', next())
    ids.push((made.json as { id: string }).id)
  }
  await stack.drain()
  return { stack, api, ids, ms: [], inside: [] }
}

async function block({ api, ids }: Side, count: number): Promise<number[]> {
  const ms: number[] = []
  for (let i = 0; i < count; i++) {
    const startedAt = performance.now()
    await api.send('GET', `/v1/customers/${ids[(i * 7919) % ids.length]}`)
    ms.push(performance.now() - startedAt)
  }
  return ms
}

function quantile(values: readonly number[], share: number): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length * share)] ?? 0
}

/** What a call's own function spends on telling it. */
async function insideOf({ stack, ids }: Side): Promise<number> {
  const spent: number[] = []
  const token = await stack.tokenFor('admin@example.com')
  const api = createHttpClient(stack.url, token, header =>
    spent.push(Number(/log;dur=([\d.]+)/.exec(header)?.[1] ?? 0)),
  )
  for (let i = 0; i < 300; i++) await api.send('GET', `/v1/customers/${ids[i % ids.length]}`)
  return quantile(spent, 0.5)
}

/** 1,500 letters: about what an access record has. */
const recordLetters = 1_500

/** The floor: milliseconds, at the median, of an exchange with a server in another thread that does nothing. */
async function emptyExchange(): Promise<number> {
  const server = new Worker(new URL('empty-server.ts', import.meta.url))
  const [url] = await once(server, 'message')
  const { send } = createHttpClient(String(url), 'none')
  const ms: number[] = []
  for (let i = 0; i < 3_000; i++) {
    const startedAt = performance.now()
    await send('POST', '/', { record: 'x'.repeat(recordLetters) })
    if (i >= 1_000) ms.push(performance.now() - startedAt)
  }
  await server.terminate()
  return quantile(ms, 0.5)
}

const told = await open('nothing')
const untold = await open('access-log')
try {
  for (const side of [told, untold]) await block(side, 500)
  for (let round = 0; round < Number(flags.rounds); round++) {
    for (const side of round % 2 === 0 ? [told, untold] : [untold, told]) side.ms.push(...(await block(side, perBlock)))
  }
  const [withLog, without] = [quantile(told.ms, 0.5), quantile(untold.ms, 0.5)]
  const added = withLog / without - 1
  console.log(`reads of one client, ${told.ms.length} on each side, ${flags.customers} customers`)
  console.log(
    `p50 with the access log ${withLog.toFixed(3)} ms, without ${without.toFixed(3)} ms: ${(added * 100).toFixed(0)}% more (wanted: ${ceiling * 100}% at most)`,
  )
  console.log(
    `p95 with ${quantile(told.ms, 0.95).toFixed(3)} ms, without ${quantile(untold.ms, 0.95).toFixed(3)} ms; in the function ${(await insideOf(told)).toFixed(3)} ms`,
  )
  const floor = await emptyExchange()
  const ratio = (withLog - without) / floor
  console.log(
    `floor: an empty exchange with another thread takes ${floor.toFixed(3)} ms (${((floor / without) * 100).toFixed(0)}%); telling takes ${ratio.toFixed(1)} of it`,
  )
  console.log(added <= ceiling ? 'within the figure' : 'beyond the figure')
} finally {
  await told.stack.stop()
  await untold.stack.stop()
}
