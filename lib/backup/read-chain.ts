import { createHash } from 'node:crypto'
import { type CatalogueEntry, catalogueEntry, type VaultFile } from '#lib/backup/catalogue.ts'
import type { LineKind } from '#lib/backup/export-line.ts'
import { tampered } from '#lib/backup/tampered.ts'
import type { Vault } from '#lib/backup/vault.ts'
import { vaultKeys } from '#lib/backup/vault-keys.ts'
import { CrmError } from '#lib/errors.ts'
import type { EvidenceKey } from '#lib/evidence/evidence-key.ts'
import { type Signature, signature } from '#lib/evidence/signature.ts'

/** Where backups are, and the key that their catalogues are signed with. The copy in the second region is a vault like the first. */
export type BackupTools = { vault: Vault; evidence: Pick<EvidenceKey, 'verify'> }

/** A file of a chain and what it must be. */
export type ChainFile = VaultFile & {
  backupId: string
  /** What its lines are; a file without lines has none. */
  lines?: LineKind
  items?: number
  /** In base64. */
  md5?: string
}

/** What it takes to restore a backup: the full one, and what changed up to it, in order. */
export type Chain = {
  full: CatalogueEntry
  increments: readonly CatalogueEntry[]
  /** The full one and the increments. */
  links: readonly CatalogueEntry[]
  /** The last link: the backup that was asked for. */
  newest: CatalogueEntry
  /** Every file of all links, always in the same order. */
  files: readonly ChainFile[]
}

type Link = { entry: CatalogueEntry; sha256: string }

/** A full backup a month at least, daily increments: far fewer than that. */
const mostLinks = 1_000

/**
 * Reads the signed catalogue of a backup and of all that it builds on; looks at no other file.
 * @throws CrmError `backup_tampered` naming the catalogue or signature that is missing, is not what was signed, or does not fit
 * the next; `unavailable`.
 */
export async function readChain(tools: BackupTools, backupId: string): Promise<Chain> {
  const newest = await readLink(tools, backupId)
  const links = [newest]
  for (let link = newest; link.entry.kind === 'incremental'; ) {
    if (links.length === mostLinks) throw tampered(vaultKeys.catalogue(backupId), `builds on over ${mostLinks} others`)
    link = await previousOf(tools, link)
    links.unshift(link)
  }
  const entries = links.map(({ entry }) => entry)
  const [full, ...increments] = entries
  if (!full) throw new Error('A chain without links')
  return { full, increments, links: entries, newest: newest.entry, files: entries.flatMap(filesOf) }
}

/**
 * The catalogue of one backup, as it was signed, and the sum of its bytes.
 * @throws CrmError as `readChain`.
 */
export async function readLink({ vault, evidence }: BackupTools, backupId: string): Promise<Link> {
  const key = vaultKeys.catalogue(backupId)
  const text = await readThere(vault, key)
  const bytes = Buffer.from(text)
  if (!(await evidence.verify(bytes, await readSignature(vault, vaultKeys.signature(key)))))
    throw tampered(key, 'is not what was signed')
  const parsed = catalogueEntry.safeParse(jsonOf(text))
  if (!parsed.success) throw tampered(key, 'is not a catalogue of this version')
  const entry = parsed.data
  if (entry.id !== backupId) throw tampered(key, `is the catalogue of ${entry.id}`)
  if (entry.kind === 'full' && entry.fullId !== entry.id) throw tampered(key, `is full, and builds on ${entry.fullId}`)
  return { entry, sha256: createHash('sha256').update(bytes).digest('hex') }
}

async function previousOf(tools: BackupTools, { entry }: Link): Promise<Link> {
  const key = vaultKeys.catalogue(entry.id)
  if (entry.previousId === undefined) throw tampered(key, 'is incremental, and names no backup before it')
  const previous = await readLink(tools, entry.previousId)
  if (previous.sha256 !== entry.previousSha256)
    throw tampered(vaultKeys.catalogue(entry.previousId), `is not the one that ${entry.id} builds on`)
  if (previous.entry.fullId !== entry.fullId || previous.entry.cutOffAt !== entry.fromAt)
    throw tampered(key, `does not go on where ${entry.previousId} ends`)
  return previous
}

function filesOf({ id: backupId, kind, manifests, files, inventory }: CatalogueEntry): ChainFile[] {
  const lines = kind === 'full' ? 'item' : 'change'
  return [
    ...manifests.map(file => ({ ...file, backupId })),
    ...files.map((file): ChainFile => ({ ...file, backupId, lines })),
    ...(inventory ? [inventoryFile(backupId, inventory)] : []),
  ]
}

function inventoryFile(backupId: string, { objects, ...file }: NonNullable<CatalogueEntry['inventory']>): ChainFile {
  return { ...file, backupId, lines: 'object', items: objects }
}

async function readSignature(vault: Vault, key: string): Promise<Signature> {
  const parsed = signature.safeParse(jsonOf(await readThere(vault, key)))
  if (!parsed.success) throw tampered(key, 'is not a signature')
  return parsed.data
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

async function readThere(vault: Vault, key: string): Promise<string> {
  try {
    return await vault.readText(key)
  } catch (error) {
    if (error instanceof CrmError && error.code === 'not_found') throw tampered(key, 'is missing')
    throw error
  }
}
