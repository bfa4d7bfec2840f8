import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import type { CleanupRunView } from '#schemas/api/maintenance.ts'
import { makeSet } from '../reliability/cleanup-made.ts'
import { storeRecords } from '../reliability/cleanup-store.ts'
import { judgeSpeed, type Speed, speedLimits } from './cleanup-figures.ts'
import { rawScan } from './cleanup-scan.ts'
import { connectEngine } from './engine-client.ts'
import { createHttpClient, type HttpClient } from './http-client.ts'
import { startProgress } from './progress.ts'
import { type StackProcess, startStackProcess } from './stack-process.ts'

// npm run bench:cleanup: how long the cleanup of 10,000 and of 100,000 customers and contacts takes, over the API of a stack of its own. Ends 1 when a figure is not reached.

const usage = `npm run bench:cleanup -- [--small 10000] [--large 100000] [--seed 1] [--planted]
  --planted  the twin that must end 1: the large set has something to fix in nearly every record`

try {
  const { values } = parseArgs({
    options: {
      small: { type: 'string', default: '10000' },
      large: { type: 'string', default: '100000' },
      seed: { type: 'string', default: '1' },
      planted: { type: 'boolean', default: false },
    },
  })
  const [small, large, seed] = [values.small, values.large, values.seed].map(Number)
  if (!small || !large || seed === undefined || large < small) throw new Error(usage)
  process.exitCode = (await bench({ small, large, seed, isPlanted: values.planted })) ? 0 : 1
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}

type Sizes = { small: number; large: number; seed: number; isPlanted: boolean }

async function bench({ small, large, seed, isPlanted }: Sizes): Promise<boolean> {
  console.log(`Cleanup of ${small} and ${large} customers and contacts, seed ${seed}`)
  console.log(`Node ${process.version}, ${cpus().length} x ${cpus()[0]?.model ?? 'unknown processor'}`)
  const clean = {
    small: await measure({ records: small, seed, dirtShare: 0 }),
    large: await measure({ records: large, seed, dirtShare: isPlanted ? 1 : 0 }),
  }
  const dirty = {
    small: await measure({ records: small, seed, dirtShare: 0.1 }),
    large: await measure({ records: large, seed, dirtShare: isPlanted ? 1 : 0.1 }),
  }
  const verdicts = judgeSpeed({ clean, dirty }, speedLimits)
  for (const { text, isReached } of verdicts) console.log(`${isReached ? 'ok  ' : 'OVER'} ${text}`)
  return verdicts.every(({ isReached }) => isReached)
}

async function measure(wish: { records: number; seed: number; dirtShare: number }): Promise<Speed> {
  const stack = await startStackProcess('bench-cleanup')
  try {
    return await measureIn(stack, wish)
  } finally {
    await stack.stop()
  }
}

async function measureIn(
  stack: StackProcess,
  { records: count, seed, dirtShare }: { records: number; seed: number; dirtShare: number },
): Promise<Speed> {
  const api = createHttpClient(stack.url, await stack.tokenFor('admin@example.com'))
  const { json } = await api.send('GET', '/v1/users?limit=200')
  const ownerIds = (json as { items: { id: string }[] }).items.map(({ id }) => id)
  // Functions are started before anything is measured; a dry run counts for nothing later.
  await cleanUp(api, 0, true)
  const { records } = makeSet({ records: count, seed, now: new Date(), ownerIds, dirtShare })
  const { client, table: name } = connectEngine(stack)
  const loading = startProgress(`storing ${count} records`)
  await storeRecords({ client, name }, records, { listShards: 1, bare: true })
  const live = records.filter(({ deletedAt }) => deletedAt === undefined).length
  const loadMs = loading.end()
  // The first run of a tenant compares every pair of like records, as nobody has before; each later one, only what changed since.
  if (dirtShare === 0) await cleanUp(api, count, false)
  const scans = [await rawScan(client, name, live), await rawScan(client, name, live)]
  const { ms, run } = await cleanUp(api, count, false)
  scans.push(await rawScan(client, name, live))
  const scanMs = scans.toSorted((a, b) => a - b)[1] ?? Number.NaN
  const speed = { records: live, ms, scanMs }
  const { counts, duplicates } = run.report ?? {}
  console.log(
    `${count} records, dirt ${dirtShare}: stored in ${seconds(loadMs)}; raw scan of ${live} live ones ${seconds(scanMs)} (${rate(live, scanMs)}); ` +
      `cleanup ${seconds(ms)} (${rate(live, ms)}): ${run.state}, ${JSON.stringify(counts)}, ${duplicates?.groups} groups`,
  )
  if (run.state !== 'succeeded') throw new Error(`The cleanup ended as ${run.state}: ${JSON.stringify(run.failure)}`)
  if ((counts?.evaluated ?? 0) < live) throw new Error(`Only ${counts?.evaluated} of ${live} records were evaluated`)
  return speed
}

async function cleanUp(api: HttpClient, count: number, dryRun: boolean): Promise<{ ms: number; run: CleanupRunView }> {
  const progress = startProgress(`cleaning ${count} records`)
  const { json } = await api.send('POST', '/v1/maintenance/runs', { dryRun })
  const { id } = json as CleanupRunView
  for (;;) {
    const { json: run } = await api.send('GET', `/v1/maintenance/runs/${id}`)
    if (isOver(run as CleanupRunView)) return { ms: progress.end(), run: run as CleanupRunView }
    await new Promise(resolve => setTimeout(resolve, 200))
  }
}

function isOver({ state }: CleanupRunView): boolean {
  return state !== 'running' && state !== 'canceling'
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`
}

function rate(records: number, ms: number): string {
  return `${Math.round((records / ms) * 1000)}/s`
}
