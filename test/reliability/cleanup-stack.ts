import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { type Endpoints, readEndpoints } from '#infra/local/endpoints-file.ts'
import type { ReportItem } from '#lib/cleanup/items.ts'
import type { Table } from '#lib/store/table.ts'
import type { CleanupRunView } from '#schemas/api/maintenance.ts'
import { scratchRoot } from '../support/scratch.ts'
import { type MadeSet, makeSet } from './cleanup-made.ts'
import { readState } from './cleanup-state.ts'
import { storeRecords } from './cleanup-store.ts'
import { type Proof, proveTruth } from './cleanup-truth.ts'

/** Steps of a run in which the whole stack is killed. */
const killedIn = ['evaluate', 'duplicates', 'refresh', 'purge', 'report']

/** A stack in a process of its own, on a data folder that outlives it. */
type Stack = { child: ChildProcess; running: Endpoints }

/** A cleanup on a whole stack that is killed (-9) in every step and started again, held to the truth. */
export async function proveOnStack(wish: { records: number; seed: number; port: number }): Promise<Proof[]> {
  const dataDir = mkdtempSync(join(scratchRoot, 'evergreen-cleanup-check-'))
  let stack = await startStack(dataDir, wish.port)
  try {
    const made = await storeMade(stack, wish)
    const { id } = await api<CleanupRunView>(stack, 'POST', '/v1/maintenance/runs', {})
    const places: string[] = []
    for (const step of killedIn) {
      if (await hasEnded(stack, id, step)) break
      await kill(stack)
      places.push(step)
      stack = await startStack(dataDir, wish.port)
    }
    while (!(await hasEnded(stack, id))) await sleep(200)
    const run = await api<CleanupRunView>(stack, 'GET', `/v1/maintenance/runs/${id}`)
    const proof: Proof = {
      promise: 'a run on a stack that is killed (-9) comes to its end',
      of: `${places.length} kills (${places.join(', ')})`,
      wrong: run.state === 'succeeded' ? [] : [`${run.state}: ${JSON.stringify(run.failure)}`],
    }
    const state = await readState({ records: tableOf(stack) })
    return [proof, ...proveTruth({ made, state, items: await reportItems(stack, id) })]
  } finally {
    stack.child.kill('SIGTERM')
    await exit(stack.child)
    rmSync(dataDir, { recursive: true, force: true })
  }
}

async function storeMade(stack: Stack, { records, seed }: { records: number; seed: number }): Promise<MadeSet> {
  const { items } = await api<{ items: { id: string }[] }>(stack, 'GET', '/v1/users?limit=200')
  const made = makeSet({ records, seed, now: new Date(), ownerIds: items.map(({ id }) => id) })
  await storeRecords(tableOf(stack), made.records, { listShards: 1, bare: true })
  return made
}

/** Waits until a step of a run has begun, when one is named; whether the run is over. */
async function hasEnded(stack: Stack, id: string, step?: string): Promise<boolean> {
  for (;;) {
    const { state, steps } = await api<CleanupRunView>(stack, 'GET', `/v1/maintenance/runs/${id}`)
    if (state !== 'running') return true
    if (step === undefined || steps?.find(({ name }) => name === step)?.state !== 'waiting') return false
    await sleep(20)
  }
}

async function reportItems(stack: Stack, id: string): Promise<ReportItem[]> {
  const { url } = await api<{ url: string }>(stack, 'GET', `/v1/maintenance/runs/${id}/report?format=json`)
  return JSON.parse(await (await fetch(url)).text()).items
}

function tableOf({ running }: Stack): Table {
  const name = running.tables.find(table => table.replace(/[0-9A-F]{8}$/, '').endsWith('Records'))
  if (name === undefined) throw new Error('The stack has no table of records')
  const credentials = { accessKeyId: 'check', secretAccessKey: 'check' }
  const endpoint = running.endpoints['dynamodb'] ?? ''
  const client = new DynamoDBClient({ endpoint, region: 'ap-southeast-1', credentials })
  return { name, client: DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } }) }
}

async function startStack(dataDir: string, port: number): Promise<Stack> {
  const child = spawn(process.execPath, ['infra/local/start.ts'], {
    env: { ...process.env, EVERGREEN_DATA: dataDir, PORT: String(port) },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  for (let tries = 0; tries < 1_200; tries++) {
    if (child.exitCode !== null) throw new Error('The stack does not start')
    const answer = await fetch(`http://127.0.0.1:${port}/health`).catch(() => undefined)
    const running = readEndpoints(dataDir)
    if (answer?.ok && running?.pid === child.pid && running) return { child, running }
    await sleep(200)
  }
  throw new Error('The stack does not answer')
}

async function kill({ child }: Stack): Promise<void> {
  child.kill('SIGKILL')
  await exit(child)
}

function exit(child: ChildProcess): Promise<unknown> {
  return child.exitCode !== null || child.signalCode !== null
    ? Promise.resolve()
    : new Promise(resolve => child.once('exit', resolve))
}

async function api<T>({ running }: Stack, method: string, path: string, body?: unknown): Promise<T> {
  const { admin, url } = running
  const token = await fetch(`${admin.url}/token?email=admin@example.com`, {
    headers: { authorization: `Bearer ${admin.secret}` },
  })
  const answer = await fetch(url + path, {
    method,
    headers: { authorization: `Bearer ${await token.text()}`, 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  const said = await answer.text()
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${said.slice(0, 500)}`)
  return JSON.parse(said)
}
