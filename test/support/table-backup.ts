import type { CatalogueEntry } from '#lib/backup/catalogue.ts'
import type { Tables } from './table.ts'
import { type ScratchVault, scanTable, writeBackup } from './vault.ts'

type Item = Record<string, unknown>

/** A full backup of all that a table holds now, in two files. */
export async function backUpTable(
  tools: Pick<ScratchVault, 'vault' | 'evidence'>,
  tables: Tables,
  { id, cutOffAt }: { id: string; cutOffAt: string },
): Promise<CatalogueEntry> {
  const lines = (await scanAll(tables)).map(item => ({ Item: item }))
  const half = Math.ceil(lines.length / 2)
  return writeBackup(tools, { id, cutOffAt, files: [lines.slice(0, half), lines.slice(half)] })
}

/** An incremental backup: what a table holds now that it did not hold as `before` has it, and what it held no more. */
export async function backUpChanges(
  tools: Pick<ScratchVault, 'vault' | 'evidence'>,
  tables: Tables,
  wish: { id: string; cutOffAt: string; previous: CatalogueEntry; before: readonly Item[] },
): Promise<CatalogueEntry> {
  const keyOf = ({ pk, sk }: Item) => JSON.stringify([pk, sk])
  const old = new Map(wish.before.map(item => [keyOf(item), JSON.stringify(item)]))
  const now = await scanAll(tables)
  const metadata = { Metadata: { WriteTimestampMicros: { N: '1700000000000000' } } }
  const keys = ({ pk, sk }: Item) => ({ Keys: { pk, sk } })
  const changed = now
    .filter(item => old.get(keyOf(item)) !== JSON.stringify(item))
    .map(item => ({ ...metadata, ...keys(item), NewImage: item }))
  const left = new Set(now.map(keyOf))
  const gone = wish.before.filter(item => !left.has(keyOf(item))).map(item => ({ ...metadata, ...keys(item) }))
  const { id, cutOffAt, previous } = wish
  return writeBackup(tools, { id, cutOffAt, previous, files: [changed, gone] })
}

/** All items of the table, in DynamoDB JSON. */
export function scanAll({ call }: Tables): Promise<Item[]> {
  return scanTable(call, 'Records')
}
