import { gzipSync } from 'node:zlib'
import type { CatalogueEntry } from '#lib/backup/catalogue.ts'
import { vaultKeys } from '#lib/backup/vault-keys.ts'
import { typeIds } from '#lib/runtime/ids.ts'
import { createRandom } from '../bench/random.ts'
import { type ScratchVault, sha256, writeBackup, writeCatalogue } from '../support/vault.ts'

/** A full backup and two increments on it, each with what the real ones have. */
export type MadeChain = {
  full: CatalogueEntry
  first: CatalogueEntry
  second: CatalogueEntry
  /** Numbers from 0 to 1, the same for a seed. */
  random: () => number
}

type Tools = Pick<ScratchVault, 'vault' | 'evidence'>

/** Writes a chain of made items into the vault; another one for each seed, the same for one. */
export async function makeChain(tools: Tools, seed: number): Promise<MadeChain> {
  const { next: random } = createRandom(seed)
  const at = (day: number) => new Date(Date.UTC(2026, 0, day, 2, 0, 0, seed % 1000)).toISOString()
  const items = Array.from({ length: 40 }, (_, i) => itemOf(random, i))
  const full = await withInventory(
    tools,
    await writeBackup(tools, {
      id: typeIds.next('bkp'),
      cutOffAt: at(1),
      files: [items.slice(0, 25), items.slice(25)].map(lines => lines.map(Item => ({ Item }))),
    }),
  )
  const first = await increment(tools, { previous: full, cutOffAt: at(2), items: items.slice(0, 6), random })
  const second = await increment(tools, { previous: first, cutOffAt: at(3), items: items.slice(4, 12), random })
  return { full, first, second, random }
}

type Item = { pk: { S: string }; sk: { S: string }; name: { S: string } }

function itemOf(random: () => number, place: number): Item {
  const name = Array.from({ length: 30 }, () => String.fromCodePoint(97 + Math.floor(random() * 26))).join('')
  return { pk: { S: `R#cust_${place}` }, sk: { S: 'A' }, name: { S: name } }
}

function increment(
  tools: Tools,
  wish: { previous: CatalogueEntry; cutOffAt: string; items: readonly Item[]; random: () => number },
): Promise<CatalogueEntry> {
  const { previous, cutOffAt, items, random } = wish
  const lines = items.map(({ pk, sk, name }, i) => ({
    Metadata: { WriteTimestampMicros: { N: '1767225600000000' } },
    Keys: { pk, sk },
    ...(i % 3 > 0 && { NewImage: { pk, sk, name: { S: `${name.S} ${random()}` } } }),
  }))
  return writeBackup(tools, { id: typeIds.next('bkp'), cutOffAt, previous, files: [lines] })
}

/** The list of attachments, as the backup workflow adds it. */
async function withInventory(tools: Tools, entry: CatalogueEntry): Promise<CatalogueEntry> {
  const lines = [1, 2, 3].map(i => `${JSON.stringify({ key: `reports/${i}.csv`, versionId: `v${i}`, bytes: 10 })}\n`)
  const body = gzipSync(lines.join(''))
  const key = vaultKeys.inventory(entry.id)
  const versionId = await tools.vault.write(key, body, 'application/gzip')
  const inventory = { key, versionId, bytes: body.length, sha256: sha256(body), objects: lines.length }
  const complete = { ...entry, inventory }
  await writeCatalogue(tools, complete)
  return complete
}
