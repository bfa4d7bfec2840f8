import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startS3 } from '#infra/local/engines/s3/start-s3.ts'
import { copyFiles } from '#infra/local/restore/copy-files.ts'
import { makeFolder } from '#infra/local/restore/new-folder.ts'
import type { CatalogueEntry } from '#lib/backup/catalogue.ts'
import { chainLines } from '#lib/backup/chain-lines.ts'
import { readChain } from '#lib/backup/read-chain.ts'
import { openVault } from '#lib/backup/vault.ts'
import { vaultKeys } from '#lib/backup/vault-keys.ts'
import { typeIds } from '#lib/runtime/ids.ts'
import { scratchRoot } from '../../../support/scratch.ts'
import { type ScratchVault, sha256, startVault, writeBackup, writeCatalogue } from '../../../support/vault.ts'

let scratch: ScratchVault
let folder: string

beforeAll(async () => {
  scratch = await startVault({ secret: 'local' })
  folder = mkdtempSync(join(scratchRoot, 'evergreen-merge-'))
})
afterAll(async () => {
  await scratch.stop()
  rmSync(folder, { recursive: true, force: true })
})

const item = (id: string, name: string) => ({ pk: { S: `R#${id}` }, sk: { S: 'A' }, name: { S: name } })
const full = (id: string, name: string) => ({ Item: item(id, name) })
const change = (id: string, name?: string) => {
  const { pk, sk, ...rest } = item(id, name ?? '')
  const metadata = { Metadata: { WriteTimestampMicros: { N: '1' } }, Keys: { pk, sk } }
  return { ...metadata, ...(name !== undefined && { NewImage: { pk, sk, ...rest } }) }
}

async function chainOf(...steps: object[][]): Promise<CatalogueEntry> {
  let previous: CatalogueEntry | undefined
  for (const [day, lines] of steps.entries()) {
    const cutOffAt = new Date(Date.UTC(2026, 0, day + 1)).toISOString()
    const wish = { id: typeIds.next('bkp'), cutOffAt, files: [lines], ...(previous && { previous }) }
    previous = await writeBackup(scratch, wish)
  }
  if (!previous) throw new Error('no steps')
  return previous
}

async function namesIn(newest: CatalogueEntry): Promise<string[]> {
  const chain = await readChain(scratch, newest.id)
  const names: string[] = []
  for await (const line of chainLines({ vault: scratch.vault, chain })) {
    const { Item } = JSON.parse(line)
    names.push(`${Item.pk.S.slice(2)} ${Item.name.S}`)
  }
  return names.toSorted()
}

it.each([
  ['a full backup alone', [[full('a', '1'), full('b', '1')]], ['a 1', 'b 1']],
  ['changed since', [[full('a', '1'), full('b', '1')], [change('a', '2')]], ['a 2', 'b 1']],
  ['deleted since', [[full('a', '1'), full('b', '1')], [change('b')]], ['a 1']],
  ['created since', [[full('a', '1')], [change('b', '1')]], ['a 1', 'b 1']],
  ['changed twice: the last counts', [[full('a', '1')], [change('a', '2')], [change('a', '3')]], ['a 3']],
  ['deleted, then there again', [[full('a', '1')], [change('a')], [change('a', '3')]], ['a 3']],
  ['created, then deleted', [[full('a', '1')], [change('b', '1')], [change('b')]], ['a 1']],
] as [string, object[][], string[]][])('%s', async (_what, steps, names) => {
  expect(await namesIn(await chainOf(...steps))).toEqual(names)
})

it('files come back in the version that the inventory names; one that is gone is told', async () => {
  const bucket = scratch.vault.name
  const versionId = await scratch.vault.write('reports/a.csv', 'as it was', 'text/csv')
  await scratch.vault.write('reports/a.csv', 'changed since', 'text/csv')
  const lines = [
    { key: 'reports/a.csv', versionId },
    { key: 'reports/gone.csv', versionId: 'gone' },
  ]
  const body = gzipSync(lines.map(line => `${JSON.stringify(line)}\n`).join(''))
  const entry = await chainOf([full('a', '1')])
  const key = vaultKeys.inventory(entry.id)
  const file = { key, versionId: await scratch.vault.write(key, body, 'application/gzip'), bytes: body.length }
  await writeCatalogue(scratch, { ...entry, inventory: { ...file, sha256: sha256(body), objects: 2 } })
  const chain = await readChain(scratch, entry.id)
  const into = join(folder, 'files')
  const copied = await copyFiles({
    vault: scratch.vault,
    chain,
    s3Url: scratch.s3Url,
    from: bucket,
    bucket,
    into,
    region: 'us-east-1',
  })
  expect(copied).toEqual({ copied: 1, missing: ['reports/gone.csv'] })
  const engine = await startS3({ dir: join(into, 's3') })
  process.env['AWS_ENDPOINT_URL_S3'] = engine.url
  expect(await openVault(bucket).readText('reports/a.csv')).toBe('as it was')
  process.env['AWS_ENDPOINT_URL_S3'] = scratch.s3Url
  await engine.stop()
})

it('a folder that is not empty is refused, and one whose making fails is not there', async () => {
  await expect(makeFolder(folder, async () => 1)).rejects.toThrow('is not empty')
  const into = join(folder, 'new')
  await expect(makeFolder(into, () => Promise.reject(new Error('broken')))).rejects.toThrow('broken')
  expect([existsSync(into), existsSync(`${into}.restoring`)]).toEqual([false, false])
})
