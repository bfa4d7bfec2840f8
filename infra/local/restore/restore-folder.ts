import { existsSync, mkdirSync, readdirSync, renameSync, rmdirSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Chain } from '#lib/backup/read-chain.ts'
import { vaultKeys } from '#lib/backup/vault-keys.ts'
import { verifyChain } from '#lib/backup/verify-chain.ts'
import { rebuildSearchIndex } from '#lib/search/rebuild-index.ts'
import { createStore, openTable } from '#lib/store/table.ts'
import { standardObjects } from '#schemas/registry.ts'
import { findDynoxide } from '../dynamodb/binary.ts'
import { createDynamoDbClient } from '../dynamodb/client.ts'
import { startDynamoDbProcess } from '../dynamodb/process.ts'
import { ensureTables, readTables, type TableDefinition } from '../dynamodb/tables.ts'
import { createNaming } from '../names.ts'
import { readAssembly } from '../template.ts'
import { copyFiles } from './copy-files.ts'
import { loadTable } from './load-table.ts'
import { mergeChain } from './merge-chain.ts'
import { openSource, type Source } from './open-source.ts'
import { setEnvironment } from './set-environment.ts'
import { sourceNames } from './source-names.ts'

/** What to restore, from which data folder into which. */
export type FolderRestore = {
  /** Id of a backup, or `latest`. */
  backup: string
  from: string
  into: string
  /** Cloud assembly of the tenant: names of its tables and buckets. */
  assembly: string
  tenant: string
  listShards: number
  useCopy?: boolean
  publicKey?: string | undefined
  log(line: string): void
}

/** What came back. */
export type FolderRestored = {
  backupId: string
  cutOffAt: string
  links: number
  items: number
  indexed: number
  files: { copied: number; missing: string[] }
  seconds: Record<'verify' | 'load' | 'index' | 'files', number>
}

/**
 * Makes a data folder of a backup of another one. The folder is there once all of it is: until then it is made beside it, so
 * that one interrupted leaves nothing that could be taken for a whole.
 * @throws CrmError `backup_tampered` naming the file, before anything is made; Error when the folder is not empty.
 */
export async function restoreFolder(wish: FolderRestore): Promise<FolderRestored> {
  const into = resolve(wish.into)
  if (existsSync(into) && readdirSync(into).length > 0)
    throw new Error(`${into} is not empty: name a new folder by --into.`)
  const working = `${into}.restoring`
  rmSync(working, { recursive: true, force: true })
  const restored = await restoreInto({ ...wish, into: working }).catch(error => {
    rmSync(working, { recursive: true, force: true })
    throw error
  })
  if (existsSync(into)) rmdirSync(into)
  renameSync(working, into)
  return restored
}

async function restoreInto(wish: FolderRestore): Promise<FolderRestored> {
  const assembly = readAssembly(wish.assembly, wish.tenant)
  const resolveNames = createNaming(assembly, { keyIds: new Map() })
  const names = sourceNames(assembly, resolveNames)
  const { region } = assembly
  const { from, useCopy = false, publicKey } = wish
  const source = await openSource({ folder: resolve(from), region, names, useCopy, publicKey })
  const watch = stopwatch()
  try {
    const chain = await verifyChain(source.tools, await backupNamed(source, wish.backup))
    watch.lap('verify')
    wish.log(
      `${chain.newest.id} of ${chain.newest.cutOffAt} and ${chain.links.length - 1} before it are as they were made`,
    )
    mkdirSync(wish.into, { recursive: true })
    const tables = readTables(assembly, resolveNames)
    const items = await loadChain(wish, { source, chain, tables })
    watch.lap('load')
    wish.log(`${items} items loaded`)
    const indexed = await buildIndex(wish, tables)
    watch.lap('index')
    const copy = { vault: source.tools.vault, chain, s3Url: source.s3Url, bucket: names.files, into: wish.into, region }
    const files = await copyFiles(copy)
    watch.lap('files')
    const { id: backupId, cutOffAt } = chain.newest
    return { backupId, cutOffAt, links: chain.links.length, items, indexed, files, seconds: watch.laps }
  } finally {
    await source.stop()
  }
}

async function backupNamed({ tools: { vault } }: Source, wanted: string): Promise<string> {
  if (wanted !== 'latest') return wanted
  let newest: string | undefined
  for await (const { key } of vault.list(vaultKeys.prefixes.catalogue))
    if (!key.endsWith('.sig.json')) newest = key.slice(vaultKeys.prefixes.catalogue.length, -'.json'.length)
  if (newest === undefined) throw new Error('The vault holds no backup yet.')
  return newest
}

async function loadChain(
  { into }: FolderRestore,
  { source, chain, tables }: { source: Source; chain: Chain; tables: readonly TableDefinition[] },
): Promise<number> {
  const table = tables.find(({ logicalId }) => logicalId.startsWith('Records'))
  if (!table) throw new Error('The template has no table of records.')
  const export_ = join(into, 'export')
  const items = await mergeChain({ vault: source.tools.vault, chain }, join(export_, table.name, 'data'))
  await loadTable({ source: export_, directory: join(into, 'dynamodb'), table })
  rmSync(export_, { recursive: true, force: true })
  return items
}

/** The tables that no backup has are made, and the search index written from the records. */
async function buildIndex({ into, listShards }: FolderRestore, tables: readonly TableDefinition[]): Promise<number> {
  const directory = join(into, 'dynamodb')
  const engine = await startDynamoDbProcess({ binary: findDynoxide(), directory, log: () => undefined })
  const environment = setEnvironment({ AWS_ENDPOINT_URL_DYNAMODB: engine.url })
  try {
    await ensureTables(createDynamoDbClient(engine.url), tables)
    const named = (start: string) => tables.find(({ logicalId }) => logicalId.startsWith(start))?.name ?? start
    const [records, search] = [openTable(named('Records')), openTable(named('Search'))]
    const stores = { store: createStore(records), searchStore: createStore(search), objects: standardObjects }
    const done = await rebuildSearchIndex(stores, { listShards, report: () => undefined })
    records.client.destroy()
    search.client.destroy()
    return done.records
  } finally {
    environment.undo()
    await engine.stop()
  }
}

function stopwatch() {
  const laps = { verify: 0, load: 0, index: 0, files: 0 }
  let since = performance.now()
  const lap = (name: keyof typeof laps) => {
    laps[name] = (performance.now() - since) / 1000
    since = performance.now()
  }
  return { laps, lap }
}
