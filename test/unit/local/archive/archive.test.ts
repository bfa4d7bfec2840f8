import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type OpenArchive, verifyArchive } from '#infra/local/archive/verify-archive.ts'
import { writeArchive } from '#infra/local/archive/write-archive.ts'
import { archiveTenant } from '#lib/archive/archive-tenant.ts'
import { tarEnd, tarHeader, tarPadding } from '#lib/archive/tar.ts'
import { gzipLines } from '#lib/backup/gzip-lines.ts'
import { vaultKeys } from '#lib/backup/vault-keys.ts'
import { typeIds } from '#lib/runtime/ids.ts'
import { marshalled } from '#lib/store/attribute-json.ts'
import type { JsonObject } from '#schemas/json.ts'
import { createRandom } from '../../../bench/random.ts'
import { scratchRoot } from '../../../support/scratch.ts'
import { type ScratchVault, sha256, startVault, writeBackup, writeCatalogue } from '../../../support/vault.ts'

let scratch: ScratchVault
let folder: string
let whole: string

const item = (pk: string, sk: string, more: JsonObject = {}): JsonObject => ({ pk, sk, ...more })
const items = [
  item('R#cust_1', 'A', {
    fields: { name: '华星', amount: { amount: '12.50', currency: 'CNY' }, tags: ['a', 'b'], n: 1.5 },
  }),
  item('R#cust_1', 'V#0000000001', { changes: { name: { new: '华星' } }, isFirst: true, none: null }),
  item('R#cust_2', 'A', { fields: { name: 'Nordwind' } }),
  item('U#customer#taxId#91', 'A', { id: 'cust_1' }),
]
const attachment = 'name,phone\r\n李,138\r\n'

beforeAll(async () => {
  folder = mkdtempSync(join(scratchRoot, 'evergreen-archive-'))
  scratch = await startVault()
  whole = join(folder, 'whole.tar')
  await archive(whole)
})
afterAll(async () => {
  await scratch.stop()
  rmSync(folder, { recursive: true, force: true })
})

/** An archive of a backup whose only attachment lies in the vault's own bucket. */
async function archive(path: string): Promise<void> {
  const lines = items.map(each => ({ Item: marshalled(each) }))
  const wish = {
    id: typeIds.next('bkp'),
    cutOffAt: '2026-01-01T00:00:00.000Z',
    files: [lines.slice(0, 3), lines.slice(3)],
  }
  const entry = await writeBackup(scratch, wish)
  const versionId = await scratch.vault.write('reports/2026.csv', attachment, 'text/csv')
  const body = gzipSync(`${JSON.stringify({ key: 'reports/2026.csv', versionId, bytes: attachment.length })}\n`)
  const key = vaultKeys.inventory(entry.id)
  const inventory = { key, versionId: await scratch.vault.write(key, body, 'application/gzip'), bytes: body.length }
  await writeCatalogue(scratch, { ...entry, inventory: { ...inventory, sha256: sha256(body), objects: 1 } })
  const source = { tools: scratch, backupId: entry.id, files: scratch.vault.name, madeAt: new Date() }
  await writeArchive(path, await archiveTenant(source))
}

async function itemsIn({ members }: OpenArchive): Promise<JsonObject[]> {
  const found: JsonObject[] = []
  for (const member of members.filter(({ kind }) => ['records', 'history', 'keys'].includes(kind)))
    for await (const lines of gzipLines(member.read())) found.push(...lines.map((line): JsonObject => JSON.parse(line)))
  return found
}

const judge = (path: string, trusted?: string) =>
  verifyArchive(path, trusted).then(
    async open => {
      await open.close()
      return 'taken'
    },
    (error: Error) => error.message,
  )

it('holds every item, file and definition, and says how many', async () => {
  const open = await verifyArchive(whole)
  const byKey = (a: JsonObject, b: JsonObject) =>
    JSON.stringify([a['pk'], a['sk']]) < JSON.stringify([b['pk'], b['sk']]) ? -1 : 1
  expect((await itemsIn(open)).toSorted(byKey)).toEqual(items.toSorted(byKey))
  expect(open.manifest.counts).toEqual({ records: 2, history: 1, keys: 1, files: 1, accessLogs: 0 })
  const file = open.members.find(({ kind }) => kind === 'files')
  const pieces: Buffer[] = []
  for await (const piece of file?.read() ?? []) pieces.push(piece)
  expect([file?.key, Buffer.concat(pieces).toString()]).toEqual(['reports/2026.csv', attachment])
  expect(open.members.map(({ name }) => name)).toEqual(expect.arrayContaining(['README.txt', 'definitions.json']))
  await open.close()
})

it('is refused whichever of its bytes is altered: 300 of 300', async () => {
  const random = createRandom(20261127)
  const bytes = readFileSync(whole)
  const taken: number[] = []
  for (let i = 0; i < 300; i++) {
    const place = random.below(bytes.length)
    const altered = Buffer.from(bytes)
    altered[place] = (altered[place] ?? 0) ^ (1 << random.below(8))
    const path = join(folder, 'flipped.tar')
    writeFileSync(path, altered)
    if ((await judge(path)) === 'taken') taken.push(place)
  }
  expect(taken).toEqual([])
})

type Entry = { name: string; content: Buffer }

function entriesOf(bytes: Buffer): Entry[] {
  const entries: Entry[] = []
  for (let at = 0; bytes[at] !== 0; ) {
    const name = bytes.toString('utf8', at, bytes.indexOf(0, at))
    const size = Number.parseInt(bytes.toString('latin1', at + 124, at + 135), 8)
    entries.push({ name, content: bytes.subarray(at + 512, at + 512 + size) })
    at += 512 + size + tarPadding(size).length
  }
  return entries
}

function tarOf(entries: readonly Entry[]): string {
  const path = join(folder, 'made.tar')
  const parts = entries.flatMap(({ name, content }) => [
    tarHeader(name, content.length),
    content,
    tarPadding(content.length),
  ])
  writeFileSync(path, Buffer.concat([...parts, tarEnd]))
  return path
}

describe('is refused, naming the part', () => {
  const records = 'records/000000.ndjson.gz'
  const cases: [what: string, change: (entries: Entry[]) => Entry[], named: string][] = [
    ['one is dropped', all => all.filter(({ name }) => name !== records), records],
    ['one is put there', all => [{ name: 'records/evil.gz', content: Buffer.from('x') }, ...all], 'records/evil.gz'],
    [
      'two change places',
      ([a, b, ...rest]) => [b, a, ...rest].filter(entry => entry !== undefined),
      'definitions.json',
    ],
    [
      'another content',
      all => all.map(entry => (entry.name === records ? { ...entry, content: gzipSync('{}\n') } : entry)),
      records,
    ],
    [
      'the manifest is edited',
      all => all.map(each => edited(each, 'manifest.json', '"records": 2', '"records": 3')),
      'manifest.json',
    ],
    ['the signature is gone', all => all.filter(({ name }) => name !== 'manifest.sig.json'), 'manifest.sig.json'],
  ]
  it.each(cases)('%s', async (_what, change, named) => {
    expect(await judge(tarOf(change(entriesOf(readFileSync(whole)))))).toContain(named)
  })

  it('cut off anywhere', async () => {
    const bytes = readFileSync(whole)
    for (const end of [0, 511, 512, 2_000, bytes.length - 1024, bytes.length - 1]) {
      writeFileSync(join(folder, 'cut.tar'), bytes.subarray(0, end))
      expect(await judge(join(folder, 'cut.tar')), String(end)).not.toBe('taken')
    }
  })

  it('signed by a key that is not trusted', async () => {
    const other = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ type: 'spki', format: 'pem' })
    expect(await judge(whole, other.toString())).toContain('public-key.pem')
    expect(await judge(whole, await scratch.evidence.publicKeyPem())).toBe('taken')
  })
})

function edited(entry: Entry, name: string, from: string, to: string): Entry {
  return entry.name === name ? { ...entry, content: Buffer.from(entry.content.toString().replace(from, to)) } : entry
}
