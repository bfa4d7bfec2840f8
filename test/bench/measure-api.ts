import { createCustomers } from './customers.ts'
import { connectEngine } from './engine-client.ts'
import { createHttpClient } from './http-client.ts'
import { loadRecords } from './load.ts'
import { type Comparison, compare, type Inside, lookInside } from './measure.ts'
import { createOperations, type Operation, type World } from './operations.ts'
import type { Options } from './options.ts'
import { startProgress } from './progress.ts'
import { createRandom } from './random.ts'
import type { StackProcess } from './stack-process.ts'
import { readStoredCustomers } from './stored-customers.ts'

/** What one operation came to, at a size of the table: at one client and at 16. */
export type Measured = { size: number; operation: Operation; one: Comparison; sixteen: Comparison; inside: Inside }

/** How long it took to load up to a size, and then for the search index to follow. */
export type LoadTime = { size: number; rows: number; loadMs: number; drainMs: number }

/** What the table is loaded with, and who by. */
type Loading = Pick<World, 'api' | 'engine' | 'customers'> & {
  stack: StackProcess
  ids: string[]
  ownerIds: readonly string[]
}

const timelineCustomers = 100
const activitiesEach = 25

/** Loads the table to each size and measures every operation there. */
export async function measureApi(
  stack: StackProcess,
  { sizes, seed, only }: Options,
): Promise<{ measured: Measured[]; loads: LoadTime[]; anId: string }> {
  const token = await stack.tokenFor('admin@example.com')
  const timings: string[] = []
  const api = createHttpClient(stack.url, token)
  const watched = createHttpClient(stack.url, token, header => timings.push(header))
  const { json } = await api.send('GET', '/v1/users?limit=200')
  const ownerIds = (json as { items: { id: string }[] }).items.map(({ id }) => id)
  const customers = createCustomers(seed, ownerIds)
  const loading = { stack, api, engine: connectEngine(stack), customers, ownerIds, ids: [] }
  const measured: Measured[] = []
  const loads: LoadTime[] = []
  for (const size of sizes) {
    loads.push(await loadTo(size, loading))
    const world = await openWorld(loading, seed + size)
    const observed = createOperations({ ...world, api: watched })
    for (const [i, operation] of createOperations(world).entries()) {
      if (!operation.name.includes(only)) continue
      const look = () => lookInside(observed[i]?.api ?? operation.api, operation.perBlock[0], timings)
      measured.push({ size, operation, ...(await measureOne(stack, { size, operation, look })) })
    }
  }
  return { measured, loads, anId: loading.ids[0] ?? '' }
}

async function loadTo(size: number, { stack, api, customers, ids }: Loading): Promise<LoadTime> {
  const rows = size - ids.length
  const started = performance.now()
  ids.push(...(await loadRecords(api, 'customers', { count: rows, next: customers.next })))
  const loadMs = performance.now() - started
  return { size, rows, loadMs, drainMs: await drained(stack, 'the search index follows the load') }
}

async function openWorld(loading: Loading, seed: number): Promise<World> {
  const { stack, api, engine, ids, ownerIds } = loading
  const random = createRandom(seed)
  const timelineIds = Array.from({ length: timelineCustomers }, () => random.pick(ids))
  let made = 0
  const next = () => ({
    type: random.pick(['call', 'visit', 'email']),
    subject: '季度回访',
    status: 'done',
    customerId: timelineIds[made++ % timelineCustomers],
    occurredAt: new Date(Date.UTC(2026, 0, 1) + made * 3_600_000).toISOString(),
  })
  await loadRecords(api, 'activities', { count: timelineCustomers * activitiesEach, next })
  await drained(stack, 'the search index follows the activities')
  return {
    ...loading,
    random,
    stored: await readStoredCustomers(engine, ids, { random, customers: loading.customers }),
    timelineIds,
    ownerId: ownerIds[0] ?? '',
  }
}

/** What writes leave to do for the search index is waited for, so that it does not slow what comes next. */
async function measureOne(
  stack: StackProcess,
  { size, operation, look }: { size: number; operation: Operation; look: () => Promise<Inside> },
): Promise<{ one: Comparison; sixteen: Comparison; inside: Inside }> {
  const { perBlock, rounds } = operation
  const progress = startProgress(`measuring ${operation.name} at ${size} customers`)
  const one = await compare(operation, { clients: 1, rounds: rounds[0], perBlock: perBlock[0] })
  const inside = await look()
  if (operation.isWrite) await stack.drain()
  const sixteen = await compare(operation, { clients: 16, rounds: rounds[1], perBlock: perBlock[1] })
  if (operation.isWrite) await stack.drain()
  progress.end()
  // Now, not only in the report at the end: half an hour of measuring is not lost to what fails later.
  const ratio = one.api.p50 / one.engine.p50
  console.log(
    `${operation.name} at ${size}: p50 ${one.api.p50.toFixed(2)} ms, engine ${one.engine.p50.toFixed(2)} ms, ratio ${ratio.toFixed(2)}`,
  )
  return { one, sixteen, inside }
}

async function drained(stack: StackProcess, what: string): Promise<number> {
  const progress = startProgress(what)
  await stack.drain()
  return progress.end()
}
