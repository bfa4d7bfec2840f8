import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { build } from 'esbuild'
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

/**
 * The records function beside a function that is one GetItem: as esbuild makes it by the usual options, and as `infra/bundle.ts`
 * makes it, without what no function can reach. And the size of every bundle.
 */
export type ColdStarts = Record<Measured, ColdStart> & { bundles: Bundles; minimalBytes: number; leanBytes: number }

type Measured = 'records' | 'minimal' | 'lean'

const run = promisify(execFile)
const project = join(import.meta.dirname, '..', '..')
const processes = 7

/** Starts both functions in turn, each time in a fresh process, for a read of the same record. */
export async function measureColdStarts(stack: StackProcess, id: string): Promise<ColdStarts> {
  const folder = mkdtempSync(join(tmpdir(), 'evergreen-cold-'))
  try {
    for (const name of ['ours', 'lean', 'minimal']) mkdirSync(join(folder, name))
    const bundles = await bundleFunctions({ entries, root: project, outdir: join(folder, 'ours') })
    const root = join(import.meta.dirname, 'minimal')
    const lean = await bundleFunctions({ entries: ['api/records'], root, outdir: join(folder, 'lean') })
    const minimal = {
      directory: join(folder, 'minimal'),
      coldBytes: await bundleAsUsual(root, join(folder, 'minimal')),
    }
    const token = await stack.tokenFor('admin@example.com')
    const environment = environmentOf(stack, token)
    const startOf = (directory: string, event: unknown) => {
      const eventFile = join(directory, 'event.json')
      writeFileSync(eventFile, JSON.stringify(event))
      return () => startOnce([directory, eventFile], environment)
    }
    const [ours, leanOne] = [bundles, lean].map(set => set.get('api/records'))
    const starts = {
      records: startOf(ours?.directory ?? '', getEvent(id, token)),
      minimal: startOf(minimal.directory, recordKey(id)),
      lean: startOf(leanOne?.directory ?? '', recordKey(id)),
    }
    const bytes = { minimalBytes: minimal.coldBytes, leanBytes: leanOne?.coldBytes ?? 0 }
    return { ...(await alternate(starts)), bundles, ...bytes }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** By esbuild's options for a Lambda function alone. Returns the size in bytes. */
async function bundleAsUsual(root: string, outdir: string): Promise<number> {
  const { outputFiles } = await build({
    entryPoints: [join(root, 'functions/api/records.ts')],
    outfile: join(outdir, 'index.mjs'),
    ...{ bundle: true, minify: true, platform: 'node', target: 'node24', format: 'esm', write: false },
    mainFields: ['module', 'main'],
    banner: { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" },
    logLevel: 'error',
  })
  const [file] = outputFiles
  if (!file) throw new Error('esbuild made no file')
  writeFileSync(file.path, file.contents)
  return file.contents.byteLength
}

async function alternate(starts: Record<Measured, () => Promise<ColdStart>>): Promise<Record<Measured, ColdStart>> {
  const samples: Record<Measured, ColdStart[]> = { records: [], minimal: [], lean: [] }
  // The first round fills the file cache and is not counted.
  for (let i = 0; i <= processes; i++)
    for (const name of ['records', 'minimal', 'lean'] as const) {
      const sample = await starts[name]()
      if (i > 0) samples[name].push(sample)
    }
  return { records: middle(samples.records), minimal: middle(samples.minimal), lean: middle(samples.lean) }
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
