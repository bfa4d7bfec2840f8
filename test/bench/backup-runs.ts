import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { dataFile } from '#infra/local/dynamodb/process.ts'
import { type RunView, runView } from '#schemas/api/maintenance.ts'
import { backupItems } from './backup-items.ts'
import { backupLimits, judgeRuns, seconds } from './backup-speed.ts'
import { createHttpClient, type HttpClient } from './http-client.ts'
import { loadItems } from './load-items.ts'
import { startProgress } from './progress.ts'
import { scanAll } from './scan-all.ts'
import { type StackProcess, startStackProcess } from './stack-process.ts'

/** How long a whole backup and a restore drill take on a stack of its own, started over its API. Answers whether the figures are reached. */
export async function measureRuns(size: { customers: number; seed: number }): Promise<boolean> {
  console.log(`Backup and drill of ${size.customers} customers and ${size.customers * 4} activities, seed ${size.seed}`)
  const stack = await startStackProcess('bench-backup')
  try {
    return await measureIn(stack, size)
  } finally {
    await stack.stop()
  }
}

async function measureIn(stack: StackProcess, size: { customers: number; seed: number }): Promise<boolean> {
  const api = createHttpClient(stack.url, await stack.tokenFor('admin@example.com'))
  const [endpoint, table] = [stack.endpoints['dynamodb'], stack.tableNames['Records']]
  if (endpoint === undefined || table === undefined) throw new Error('The stack has no table of records')
  // Functions are started before anything is measured.
  const seeded = await run(api, { kind: 'backup', full: true })
  const loading = startProgress('making items')
  const file = dataFile(join(stack.dataDir, 'dynamodb'))
  const loaded = loadItems(backupItems(size), { file, table, onProgress: loading.at })
  console.log(
    `${loaded.items} items of ${Math.round(loaded.bytes / loaded.items)} bytes made in ${seconds(loading.end())}`,
  )
  const scanMs = await scanAll(endpoint, table)
  const backup = await run(api, { kind: 'backup', full: true })
  if (itemsOf(backup.view) < loaded.items + itemsOf(seeded.view))
    throw new Error(`The backup has ${itemsOf(backup.view)} items of ${loaded.items}`)
  const drill = await run(api, { kind: 'restoreDrill' })
  const report = drill.view.kind === 'restoreDrill' ? drill.view.report : undefined
  const { rtoSeconds, differences } = report ?? { rtoSeconds: Number.NaN, differences: Number.NaN }
  console.log(`drill ${seconds(drill.ms)}, of which ${rtoSeconds} s until the restored table could be read`)
  const measured = { items: loaded.items, scanMs, backupMs: backup.ms, rtoMs: rtoSeconds * 1000, differences }
  const verdicts = judgeRuns(measured, backupLimits)
  for (const { text, isReached } of verdicts) console.log(`${isReached ? 'ok  ' : 'OVER'} ${text}`)
  return verdicts.every(({ isReached }) => isReached)
}

type Ended = { ms: number; view: RunView }

/** Starts a run and waits for its end; throws when it fails. */
async function run(api: HttpClient, body: { kind: string; full?: boolean }): Promise<Ended> {
  const progress = startProgress(`running a ${body.kind}`)
  const { json: begun } = await api.send('POST', '/v1/maintenance/runs', body)
  const { id } = runView.parse(begun)
  for (;;) {
    const { json } = await api.send('GET', `/v1/maintenance/runs/${id}`)
    const view = runView.parse(json)
    if (view.state === 'succeeded') return { ms: progress.end(), view }
    if (view.state !== 'running') throw new Error(`The ${body.kind} ended as ${view.state}: ${view.failure?.detail}`)
    await sleep(200)
  }
}

function itemsOf(view: RunView): number {
  return view.kind === 'backup' ? (view.report?.items ?? 0) : 0
}
