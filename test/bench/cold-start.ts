import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type Bundles, bundleFunctions } from '#infra/bundle.ts'
import { prefixOf } from '#infra/constructs/house.ts'
import { entries } from '#infra/entries.ts'
import { readTenant } from '#infra/tenant-file.ts'
import { recordKey } from '#lib/store/keys.ts'
import { tenantSettings } from '#schemas/tenant.ts'
import { median } from './measure.ts'
import type { StackProcess } from './stack-process.ts'

/** Medians of fresh processes, in milliseconds. */
export type ColdStart = { importMs: number; firstCallMs: number; totalMs: number }

/** The records function beside a function that is one GetItem, and the size of every bundle. */
export type ColdStarts = { records: ColdStart; minimal: ColdStart; bundles: Bundles; minimalBytes: number }

const run = promisify(execFile)
const project = join(import.meta.dirname, '..', '..')
const processes = 7

/** Starts both functions in turn, each time in a fresh process, for a read of the same record. */
export async function measureColdStarts(stack: StackProcess, id: string): Promise<ColdStarts> {
  const folder = mkdtempSync(join(tmpdir(), 'evergreen-cold-'))
  try {
    for (const name of ['ours', 'minimal']) mkdirSync(join(folder, name))
    const bundles = await bundleFunctions({ entries, root: project, outdir: join(folder, 'ours') })
    const root = join(import.meta.dirname, 'minimal')
    const minimal = await bundleFunctions({ entries: ['api/records'], root, outdir: join(folder, 'minimal') })
    const token = await stack.tokenFor('admin@example.com')
    const environment = environmentOf(stack, token)
    const startOf = (set: Bundles, event: unknown) => {
      const directory = set.get('api/records')?.directory ?? ''
      const eventFile = join(directory, '..', 'event.json')
      writeFileSync(eventFile, JSON.stringify(event))
      return () => startOnce([directory, eventFile], environment)
    }
    const starts = { records: startOf(bundles, getEvent(id, token)), minimal: startOf(minimal, recordKey(id)) }
    return { ...(await alternate(starts)), bundles, minimalBytes: minimal.get('api/records')?.coldBytes ?? 0 }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function alternate(starts: Record<'records' | 'minimal', () => Promise<ColdStart>>) {
  const samples: Record<'records' | 'minimal', ColdStart[]> = { records: [], minimal: [] }
  // The first pair fills the file cache and is not counted.
  for (let i = 0; i <= processes; i++) {
    const [records, minimal] = [await starts.records(), await starts.minimal()]
    if (i === 0) continue
    samples.records.push(records)
    samples.minimal.push(minimal)
  }
  return { records: middle(samples.records), minimal: middle(samples.minimal) }
}

function middle(samples: readonly ColdStart[]): ColdStart {
  return {
    importMs: median(samples.map(({ importMs }) => importMs)),
    firstCallMs: median(samples.map(({ firstCallMs }) => firstCallMs)),
    totalMs: median(samples.map(({ totalMs }) => totalMs)),
  }
}

async function startOnce(parameters: string[], env: Record<string, string>): Promise<ColdStart> {
  const child = join(import.meta.dirname, 'cold-start-child.ts')
  const { stdout } = await run(process.execPath, [child, ...parameters], { env })
  const { importMs, firstCallMs } = JSON.parse(stdout)
  return { importMs, firstCallMs, totalMs: importMs + firstCallMs }
}

/** What the function finds in its environment when the stack runs it. */
function environmentOf({ endpoints, tableNames }: StackProcess, token: string): Record<string, string> {
  const tenant = readTenant('local')
  const settings = tenantSettings.strip().parse(tenant)
  const { iss, client_id } = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
  const urls = Object.entries(endpoints).map(([service, url]) => {
    return [`AWS_ENDPOINT_URL_${service.toUpperCase().replaceAll('-', '_')}`, url]
  })
  return {
    ...Object.fromEntries(urls),
    TENANT: JSON.stringify(settings),
    TABLE_NAME: tableNames['Records'] ?? '',
    USER_POOL_ID: String(iss).split('/').at(-1) ?? '',
    USER_POOL_CLIENT_IDS: client_id,
    AWS_REGION: tenant.region,
    BUS_NAME: prefixOf(tenant),
    // May do everything on this machine: the bus asks who puts events there.
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
  }
}

/** An event of the HTTP API for `GET /v1/customers/{id}`, payload format 2.0. */
function getEvent(id: string, token: string): unknown {
  const path = `/v1/customers/${id}`
  return {
    version: '2.0',
    routeKey: 'GET /v1/{object}/{id}',
    rawPath: path,
    rawQueryString: '',
    headers: { authorization: `Bearer ${token}`, host: '127.0.0.1' },
    pathParameters: { object: 'customers', id },
    requestContext: {
      accountId: '000000000000',
      apiId: 'bench',
      domainName: '127.0.0.1',
      domainPrefix: '127',
      http: { method: 'GET', path, protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: 'bench' },
      requestId: 'cold-start',
      routeKey: 'GET /v1/{object}/{id}',
      stage: '$default',
      time: '01/Jan/2026:00:00:00 +0000',
      timeEpoch: 1_767_225_600_000,
    },
    isBase64Encoded: false,
  }
}
