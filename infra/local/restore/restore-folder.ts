import { mkdirSync } from 'node:fs'
import { resolve } from 'node:path'
import { chainLines } from '#lib/backup/chain-lines.ts'
import type { Vault } from '#lib/backup/vault.ts'
import { vaultKeys } from '#lib/backup/vault-keys.ts'
import { verifyChain } from '#lib/backup/verify-chain.ts'
import { readTables } from '../dynamodb/tables.ts'
import { createNaming } from '../names.ts'
import { readAssembly } from '../template.ts'
import { copyFiles } from './copy-files.ts'
import { buildIndex, loadRecords } from './fill-tables.ts'
import { makeFolder } from './new-folder.ts'
import { openSource } from './open-source.ts'
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
 * Makes a data folder of a backup of another one.
 * @throws CrmError `backup_tampered` naming the file, before anything is made; Error when the folder is not empty.
 */
export function restoreFolder(wish: FolderRestore): Promise<FolderRestored> {
  return makeFolder(wish.into, working => restoreInto({ ...wish, into: working }))
}

async function restoreInto(wish: FolderRestore): Promise<FolderRestored> {
  const assembly = readAssembly(wish.assembly, wish.tenant)
  const resolveNames = createNaming(assembly, { keyIds: new Map() })
  const names = sourceNames(assembly, resolveNames)
  const { region } = assembly
  const { from, useCopy = false, publicKey } = wish
  const source = await openSource({ folder: resolve(from), region, names, useCopy, publicKey })
  const watch = stopwatch()
  const { vault } = source.tools
  try {
    const chain = await verifyChain(source.tools, await backupNamed(vault, wish.backup))
    watch.lap('verify')
    wish.log(
      `${chain.newest.id} of ${chain.newest.cutOffAt} and ${chain.links.length - 1} before it are as they were made`,
    )
    mkdirSync(wish.into, { recursive: true })
    const made = { folder: wish.into, tables: readTables(assembly, resolveNames), listShards: wish.listShards }
    const items = await loadRecords(made, chainLines({ vault, chain }))
    watch.lap('load')
    wish.log(`${items} items loaded`)
    const indexed = await buildIndex(made)
    watch.lap('index')
    const buckets = { from: useCopy ? names.filesCopy : names.files, bucket: names.files }
    const files = await copyFiles({ vault, chain, s3Url: source.s3Url, ...buckets, into: wish.into, region })
    watch.lap('files')
    const { id: backupId, cutOffAt } = chain.newest
    return { backupId, cutOffAt, links: chain.links.length, items, indexed, files, seconds: watch.laps }
  } finally {
    await source.stop()
  }
}

/** The id of a backup; of the newest when `latest` is asked for. */
export async function backupNamed(vault: Vault, wanted: string): Promise<string> {
  if (wanted !== 'latest') return wanted
  let newest: string | undefined
  for await (const { key } of vault.list(vaultKeys.prefixes.catalogue))
    if (!key.endsWith('.sig.json')) newest = key.slice(vaultKeys.prefixes.catalogue.length, -'.json'.length)
  if (newest === undefined) throw new Error('The vault holds no backup yet.')
  return newest
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
