import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { BatchWriteCommand } from '@aws-sdk/lib-dynamodb'
import type { ImportView } from '#schemas/api/jobs.ts'
import { type CustomerInput, createCustomers } from './customers.ts'
import { connectEngine, type Engine } from './engine-client.ts'
import { createHttpClient, type HttpClient } from './http-client.ts'
import { createRandom } from './random.ts'
import { startStackProcess } from './stack-process.ts'
import { readStoredCustomers, type StoredCustomers } from './stored-customers.ts'

// npm run bench:import: rows a second of an import, beside the engine's own batches of the same items in the same run.

/** At least this much of the engine's rate: the figure. */
const floor = 0.7
/** 25: DynamoDB's ceiling for a BatchWriteItem. */
const batchSize = 25
/** As many at once as an import has transactions under way. */
const inFlight = 4
const seed = 1

const { values: flags } = parseArgs({ options: { rows: { type: 'string', default: '4000' } } })
const rows = Number(flags.rows)
const stack = await startStackProcess('bench-import')
try {
  const api = createHttpClient(stack.url, await stack.tokenFor('admin@example.com'))
  const engine = connectEngine(stack)
  const { json } = await api.send('GET', '/v1/users?limit=200')
  const customers = createCustomers(
    seed,
    (json as { items: { id: string }[] }).items.map(({ id }) => id),
  )
  await importRows(api, take(customers, 500))
  await stack.drain()
  const ids = await newestIds(api)
  const stored = await readStoredCustomers(engine, ids, { random: createRandom(seed), customers })
  const rates = { import: [] as number[], engine: [] as number[] }
  for (let round = 1; round <= 2; round++) {
    rates.import.push(await rateOf(() => importRows(api, take(customers, rows))))
    await stack.drain()
    rates.engine.push(await rateOf(() => writeRows(engine, stored)))
    await stack.drain()
  }
  const [ours, theirs] = [mean(rates.import), mean(rates.engine)]
  const ratio = ours / theirs
  console.log(`import: ${rates.import.map(Math.round).join(', ')} rows/s of ${rows} rows, from start to report`)
  console.log(
    `engine: ${rates.engine.map(Math.round).join(', ')} rows/s, BatchWriteItem of the same items, ${inFlight} at a time`,
  )
  console.log(`ratio: ${ratio.toFixed(2)} (at least ${floor}); reactions to the rows run beside both`)
  if (ratio < floor) process.exitCode = 1
} finally {
  await stack.stop()
}

async function rateOf(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now()
  await work()
  return (rows / (performance.now() - started)) * 1000
}

function take(customers: { next(): CustomerInput }, count: number): CustomerInput[] {
  return Array.from({ length: count }, customers.next)
}

async function importRows(api: HttpClient, inputs: readonly CustomerInput[]): Promise<void> {
  const names = ['name', 'taxId', 'kind', 'industry', 'source', 'tier', 'phone', 'city', 'street', 'owner']
  const lines = inputs.map(({ name, taxId, kind, industry, source, tier, phones, address, ownerId }) =>
    [name, taxId, kind, industry, source, tier, phones[0]?.value, address['city'], address['street'], ownerId].join(
      ',',
    ),
  )
  const paths = { phone: 'phones.office', city: 'address.city', street: 'address.street', owner: 'ownerId' }
  const mapping = Object.fromEntries(names.map(name => [name, Reflect.get(paths, name) ?? name]))
  const made = (await api.send('POST', '/v1/imports', { fileName: 'bench.csv' })).json as {
    id: string
    upload: { url: string; headers: Record<string, string> }
  }
  const body = [names.join(','), ...lines].join('\n')
  const sent = await fetch(made.upload.url, { method: 'PUT', headers: made.upload.headers, body })
  if (!sent.ok) throw new Error(`The file could not be sent: ${sent.status}`)
  await api.send('POST', `/v1/imports/${made.id}/start`, { object: 'customers', mapping, onDuplicate: 'create' })
  for (;;) {
    const job = (await api.send('GET', `/v1/imports/${made.id}`)).json as ImportView
    if (job.endedAt === undefined) {
      await sleep(100)
      continue
    }
    if (job.counts.created !== inputs.length) throw new Error(`Not all rows came in: ${JSON.stringify(job.counts)}`)
    return
  }
}

async function newestIds(api: HttpClient): Promise<string[]> {
  const { json } = await api.send('GET', '/v1/customers?limit=200')
  return (json as { items: { id: string }[] }).items.map(({ id }) => id)
}

async function writeRows({ client, table }: Engine, stored: StoredCustomers): Promise<void> {
  const items = Array.from({ length: rows }, () => stored.create()).flatMap(steps =>
    steps.flatMap(({ item }) => item.Put?.Item ?? []),
  )
  const batches = Array.from({ length: Math.ceil(items.length / batchSize) }, (_, i) =>
    items.slice(i * batchSize, (i + 1) * batchSize),
  ).values()
  const worker = async () => {
    for (const batch of batches) {
      const RequestItems = { [table]: batch.map(Item => ({ PutRequest: { Item } })) }
      await client.send(new BatchWriteCommand({ RequestItems }))
    }
  }
  await Promise.all(Array.from({ length: inFlight }, worker))
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
