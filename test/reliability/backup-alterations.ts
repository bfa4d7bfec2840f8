import { createHash } from 'node:crypto'
import { gunzipSync, gzipSync } from 'node:zlib'
import type { CatalogueEntry, DataFile, VaultFile } from '#lib/backup/catalogue.ts'
import { exportRoot, vaultKeys } from '#lib/backup/vault-keys.ts'
import { type ScratchVault, sha256, writeCatalogue } from '../support/vault.ts'
import type { MadeChain } from './backup-chain.ts'

/** Does something to a chain in the vault that must not go unseen. Answers the files that a refusal may name. */
type Alteration = (scratch: ScratchVault, chain: MadeChain) => Promise<string[]>

const json = 'application/json'

/** The kinds of alteration by name. Where bytes change in place the version stays: as a failing disk, or whoever gets past S3, would do it. */
export const alterations = {
  /** One bit of any file of the chain. */
  byteFlipped: async (scratch, chain) => {
    const file = pick(chain, allFiles(chain))
    const place = Math.floor(chain.random() * file.bytes)
    const bit = 1 << Math.floor(chain.random() * 8)
    scratch.rot(file.key, file.versionId, bytes =>
      Buffer.from(bytes.map((byte, i) => (i === place ? byte ^ bit : byte))),
    )
    return [file.key]
  },
  /** Any file ends early, by one byte at least. */
  truncated: async (scratch, chain) => {
    const file = pick(chain, allFiles(chain))
    const left = Math.floor(chain.random() * file.bytes)
    scratch.rot(file.key, file.versionId, bytes => bytes.subarray(0, left))
    return [file.key]
  },
  /** Two data files change places. */
  swapped: async (scratch, { full }) => {
    const [one, other] = full.files
    if (!one || !other) throw new Error('A chain of one file')
    const [first, second] = [await bytesOf(scratch, one), await bytesOf(scratch, other)]
    scratch.rot(one.key, one.versionId, () => second)
    scratch.rot(other.key, other.versionId, () => first)
    return [one.key, other.key]
  },
  /** Any file is deleted, as S3 deletes: by a marker. */
  dropped: async (scratch, chain) => {
    const { key } = pick(chain, allFiles(chain))
    await scratch.remove(key)
    return [key]
  },
  /** A file more where DynamoDB would import from. */
  extra: async (scratch, { full, random }) => {
    const key = `${exportRoot(full.exportArn)}data/extra${Math.floor(random() * 1e9)}.json.gz`
    const line = { Item: { pk: { S: 'R#user_evil' }, sk: { S: 'A' } } }
    await scratch.vault.write(key, gzipSync(`${JSON.stringify(line)}\n`), json)
    return [key]
  },
  /** The same lines, compressed anew. */
  gzippedAgain: async (scratch, chain) => {
    const file = pick(chain, dataFiles(chain))
    scratch.rot(file.key, file.versionId, bytes => gzipSync(gunzipSync(bytes), { level: 1 }))
    return [file.key]
  },
  /** What was there before the backup is current again: the version that was catalogued is deleted. */
  olderVersion: async (scratch, chain) => {
    const file = pick(chain, chain.full.manifests)
    const bytes = await bytesOf(scratch, file)
    const older = await scratch.vault.write(file.key, bytes, json)
    const newer = await scratch.vault.write(file.key, Buffer.concat([bytes, Buffer.from(' ')]), json)
    const entry = recatalogued(chain.full, file, {
      ...file,
      versionId: newer,
      ...sumsOf(Buffer.concat([bytes, Buffer.from(' ')])),
    })
    await recatalogue(scratch, chain, entry)
    await scratch.vault.deleteVersion(file.key, newer)
    if (older === newer) throw new Error('The vault keeps no versions')
    return [file.key]
  },
  /** The manifest says that there is one item less. */
  manifestEdited: async (scratch, { full }) => {
    const file = full.manifests.find(({ key }) => key.endsWith('manifest-files.json'))
    if (!file) throw new Error('A backup without manifest-files.json')
    scratch.rot(file.key, file.versionId, bytes =>
      Buffer.from(bytes.toString().replace('"itemCount":25', '"itemCount":24')),
    )
    return [file.key]
  },
  /** The catalogue says another cut-off, or names other bytes. */
  catalogueEdited: async (scratch, chain) => {
    const entry = pick(chain, [chain.full, chain.first, chain.second])
    const key = vaultKeys.catalogue(entry.id)
    const text = await scratch.vault.readText(key)
    const edited =
      chain.random() < 0.5
        ? text.replace(entry.cutOffAt, '2026-01-09T00:00:00.000Z')
        : text.replace(/"sha256": "./, '"sha256": "f')
    await scratch.vault.write(key, edited === text ? `${text} ` : edited, json)
    return [key]
  },
  /** One character of the signature, or the signature of another backup. */
  signatureEdited: async (scratch, chain) => {
    const entry = pick(chain, [chain.full, chain.first, chain.second])
    const other = entry.id === chain.full.id ? chain.first : chain.full
    const key = vaultKeys.catalogue(entry.id)
    const text = await scratch.vault.readText(vaultKeys.signature(key))
    const foreign = await scratch.vault.readText(vaultKeys.signature(vaultKeys.catalogue(other.id)))
    const signature: { value: string } = JSON.parse(text)
    const place = 5 + Math.floor(chain.random() * 200)
    const letter = signature.value[place] === 'A' ? 'B' : 'A'
    const value = signature.value.slice(0, place) + letter + signature.value.slice(place + 1)
    const edited = chain.random() < 0.3 ? foreign : JSON.stringify({ ...signature, value })
    await scratch.vault.write(vaultKeys.signature(key), edited, json)
    return [key, vaultKeys.signature(key)]
  },
  /** A line is missing and every sum was made anew, signed by the key itself: only the number of items tells. */
  countEdited: async (scratch, chain) => {
    const file = pick(chain, chain.full.files)
    const lines = gunzipSync(await bytesOf(scratch, file))
      .toString()
      .trimEnd()
      .split('\n')
    lines.splice(Math.floor(chain.random() * lines.length), 1)
    const body = gzipSync(lines.map(line => `${line}\n`).join(''))
    const versionId = await scratch.vault.write(file.key, body, json)
    await recatalogue(scratch, chain, recatalogued(chain.full, file, { ...file, versionId, ...sumsOf(body) }))
    return [file.key]
  },
  /** An increment is left out: gone, or the one before it stands in its place. */
  chainBroken: async (scratch, { first, second, random }) => {
    const key = vaultKeys.catalogue(first.id)
    if (random() < 0.4) {
      await scratch.remove(key)
      return [key]
    }
    if (random() < 0.5) {
      for (const of of [
        (id: string) => vaultKeys.catalogue(id),
        (id: string) => vaultKeys.signature(vaultKeys.catalogue(id)),
      ])
        await scratch.vault.write(of(second.id), await scratch.vault.readText(of(first.id)), json)
      return [vaultKeys.catalogue(second.id)]
    }
    const { previousId: _left, previousSha256: _out, ...rest } = second
    const full = await scratch.vault.readText(vaultKeys.catalogue(second.fullId))
    await writeCatalogue(scratch, { ...rest, previousId: second.fullId, previousSha256: sha256(full) })
    return [vaultKeys.catalogue(second.id)]
  },
} satisfies Record<string, Alteration>

export type AlterationName = keyof typeof alterations

/** The names of all kinds. */
export const alterationNames = Object.keys(alterations).filter(isAlteration)

function isAlteration(name: string): name is AlterationName {
  return name in alterations
}

function allFiles({ full, first, second }: MadeChain): VaultFile[] {
  const inventory = full.inventory ? [full.inventory] : []
  return [...[full, first, second].flatMap(({ manifests, files }) => [...manifests, ...files]), ...inventory]
}

function dataFiles({ full, first, second }: MadeChain): DataFile[] {
  return [full, first, second].flatMap(({ files }) => files)
}

function pick<T>({ random }: MadeChain, all: readonly T[]): T {
  const one = all[Math.floor(random() * all.length)]
  if (one === undefined) throw new Error('Nothing to pick from')
  return one
}

async function bytesOf({ vault }: ScratchVault, { key, versionId }: VaultFile): Promise<Buffer> {
  return Buffer.concat(await (await vault.read(key, versionId)).toArray())
}

function sumsOf(body: Buffer) {
  const md5 = createHash('md5').update(body).digest('base64')
  return { bytes: body.length, sha256: sha256(body), md5 }
}

/** The same backup with another version of one file. */
function recatalogued(
  entry: CatalogueEntry,
  old: VaultFile,
  { md5, ...file }: VaultFile & { md5: string },
): CatalogueEntry {
  return {
    ...entry,
    manifests: entry.manifests.map(each => (each.key === old.key ? file : each)),
    files: entry.files.map(each => (each.key === old.key ? { ...each, ...file, md5 } : each)),
  }
}

/** Signs a full backup's catalogue anew, and those that build on it. */
async function recatalogue(scratch: ScratchVault, { first, second }: MadeChain, full: CatalogueEntry): Promise<void> {
  await writeCatalogue(scratch, full)
  const sumOf = async ({ id }: CatalogueEntry) => sha256(await scratch.vault.readText(vaultKeys.catalogue(id)))
  await writeCatalogue(scratch, { ...first, previousSha256: await sumOf(full) })
  await writeCatalogue(scratch, { ...second, previousSha256: await sumOf(first) })
}
