import { createHash, randomUUID } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { DescribeKeyCommand, KMSClient } from '@aws-sdk/client-kms'
import { DeleteObjectCommand, S3Client } from '@aws-sdk/client-s3'
import * as z from 'zod'
import type { DynamoDbClient } from '#infra/local/dynamodb/client.ts'
import { openDatabase } from '#infra/local/engines/database.ts'
import { startKms } from '#infra/local/engines/kms/start-kms.ts'
import { type S3Engine, startS3 } from '#infra/local/engines/s3/start-s3.ts'
import type { CatalogueEntry, DataFile, VaultFile } from '#lib/backup/catalogue.ts'
import { openVault, type Vault } from '#lib/backup/vault.ts'
import { exportRoot, incrementalData, vaultKeys } from '#lib/backup/vault-keys.ts'
import { type EvidenceKey, openEvidenceKey } from '#lib/evidence/evidence-key.ts'
import { scratchRoot } from './scratch.ts'

/** A vault on a local S3, and the key of its catalogues, for one test file. */
export type ScratchVault = {
  vault: Vault
  evidence: EvidenceKey
  /** Puts a delete marker on an object, as deleting it does. */
  remove(key: string): Promise<void>
  /** Changes the bytes of a version where they are kept, as a failing disk would: its id stays. */
  rot(key: string, versionId: string, change: (bytes: Buffer) => Buffer): void
  /** Its S3, where more buckets can be made, and the folder that it keeps all in. */
  s3: S3Engine
  s3Dir: string
  /** Where its S3 answers. */
  s3Url: string
  stop(): Promise<void>
}

export const scratchBucket = 'vault'

/** Starts S3 and KMS in a folder of their own, with a versioned bucket and a signing key; with the secret of `startTables`, since both may be at work in one test file. */
export async function startVault({ secret = 'test' }: { secret?: string } = {}): Promise<ScratchVault> {
  const dir = mkdtempSync(join(scratchRoot, 'evergreen-vault-'))
  const s3 = await startS3({ dir: join(dir, 's3'), secret })
  const kms = await startKms({ dir: join(dir, 'kms'), secret })
  Object.assign(process.env, {
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: secret,
    AWS_ENDPOINT_URL_S3: s3.url,
    AWS_ENDPOINT_URL_KMS: kms.url,
  })
  s3.createBucket(scratchBucket, { versioning: true })
  const { arn } = kms.ensureKey('alias/evidence', { keySpec: 'RSA_2048', keyUsage: 'SIGN_VERIFY' })
  const client = new S3Client({})
  return {
    vault: openVault(scratchBucket),
    evidence: openEvidenceKey(arn),
    remove: async key => void (await client.send(new DeleteObjectCommand({ Bucket: scratchBucket, Key: key }))),
    rot: (key, versionId, change) => rot(join(dir, 's3'), { bucket: scratchBucket, key, versionId, change }),
    s3,
    s3Dir: join(dir, 's3'),
    s3Url: s3.url,
    stop: async () => {
      client.destroy()
      await s3.stop()
      await kms.stop()
      rmSync(dir, { recursive: true, force: true })
    },
  }
}

/** Changes the bytes of a version in the folder of a local S3, past S3. */
export function rot(
  dir: string,
  version: { bucket: string; key: string; versionId: string; change: (bytes: Buffer) => Buffer },
): void {
  const { bucket, key, versionId, change } = version
  const index = openDatabase(join(dir, 'index.db'), 'PRAGMA busy_timeout = 2000')
  const blob = index.select(
    z.object({ blob: z.string() }),
    'SELECT blob FROM version WHERE bucket = ? AND key = ? AND id = ?',
  )
  const row = blob.one(bucket, key, versionId)
  if (!row) throw new Error(`No version ${versionId} of ${key}`)
  const path = join(dir, 'blobs', row.blob)
  const bytes = change(readFileSync(path))
  writeFileSync(path, bytes)
  index.change('UPDATE version SET size = ? WHERE blob = ?')(bytes.length, row.blob)
  index.close()
}

/** What a backup of a test holds: lines of a full export, or of an incremental one, in as many files as are given. */
export type BackupWish = {
  id: string
  cutOffAt: string
  files: readonly (readonly object[])[]
  /** Incremental: the backup before it. */
  previous?: CatalogueEntry
  /** Changes the catalogue before it is signed. */
  edit?: (entry: CatalogueEntry) => CatalogueEntry
}

type Tools = Pick<ScratchVault, 'vault' | 'evidence'>

/** Writes a backup as DynamoDB and the backup workflow do: data files, manifests, catalogue and signature. */
export async function writeBackup(tools: Tools, wish: BackupWish): Promise<CatalogueEntry> {
  const { vault } = tools
  const { id, cutOffAt, previous, edit = entry => entry } = wish
  const exportArn = `arn:aws:dynamodb:us-east-1:000000000000:table/Records/export/0${Date.parse(cutOffAt)}-${id.slice(-8)}`
  const files: DataFile[] = []
  for (const lines of wish.files) files.push(await writeData(vault, { exportArn, lines, previous }))
  const manifests = await writeManifests(vault, { exportArn, files })
  const entry = edit({
    format: 'evergreen-backup/1',
    id,
    tenant: 'test',
    kind: previous ? 'incremental' : 'full',
    cutOffAt,
    ...(previous && { fromAt: previous.cutOffAt, previousId: previous.id }),
    ...(previous && { previousSha256: sha256(await vault.readText(vaultKeys.catalogue(previous.id))) }),
    fullId: previous?.fullId ?? id,
    table: testTable,
    exportArn,
    manifests,
    files,
    items: files.reduce((sum, { items }) => sum + items, 0),
    bytes: [...manifests, ...files].reduce((sum, { bytes }) => sum + bytes, 0),
    runId: 'run_01h00000000000000000000000',
    madeAt: cutOffAt,
  })
  await writeCatalogue(tools, entry)
  return entry
}

/** Writes the catalogue of a backup, signed. */
export async function writeCatalogue({ vault, evidence }: Tools, entry: CatalogueEntry): Promise<void> {
  const key = vaultKeys.catalogue(entry.id)
  const text = JSON.stringify(entry, null, 2)
  const signed = await evidence.sign(Buffer.from(text))
  await vault.write(key, text, 'application/json')
  await vault.write(vaultKeys.signature(key), JSON.stringify(signed), 'application/json')
}

async function writeData(
  vault: Vault,
  { exportArn, lines, previous }: { exportArn: string; lines: readonly object[]; previous: CatalogueEntry | undefined },
): Promise<DataFile> {
  const folder = previous ? incrementalData : `${exportRoot(exportArn)}data/`
  const body = gzipSync(lines.map(line => `${JSON.stringify(line)}\n`).join(''))
  const file = await writeFile(vault, `${folder}${randomUUID().replaceAll('-', '')}.json.gz`, body)
  return { ...file, items: lines.length, md5: createHash('md5').update(body).digest('base64') }
}

async function writeManifests(
  vault: Vault,
  { exportArn, files }: { exportArn: string; files: readonly DataFile[] },
): Promise<VaultFile[]> {
  const root = exportRoot(exportArn)
  const summary = { version: '2020-06-30', exportArn, itemCount: files.reduce((sum, { items }) => sum + items, 0) }
  const list = files.map(({ key, items, md5 }) => {
    return `${JSON.stringify({ itemCount: items, md5Checksum: md5, etag: md5, dataFileS3Key: key })}\n`
  })
  const texts: [string, string][] = [
    ['manifest-summary', JSON.stringify(summary)],
    ['manifest-files', list.join('')],
  ]
  const written: VaultFile[] = []
  for (const [name, text] of texts) {
    written.push(await writeFile(vault, `${root}${name}.json`, Buffer.from(text)))
    const md5 = createHash('md5').update(text).digest('base64')
    written.push(await writeFile(vault, `${root}${name}.md5`, Buffer.from(md5)))
  }
  return written
}

async function writeFile(vault: Vault, key: string, body: Buffer): Promise<VaultFile> {
  const versionId = await vault.write(key, body, 'application/octet-stream')
  return { key, versionId, bytes: body.length, sha256: sha256(body) }
}

/** The ARN of the key behind an alias, asked of the KMS that the environment names. */
export async function evidenceArn(alias: string): Promise<string> {
  const { KeyMetadata } = await new KMSClient({}).send(new DescribeKeyCommand({ KeyId: alias }))
  return KeyMetadata?.Arn ?? ''
}

/** All items of a table, in DynamoDB JSON. */
export async function scanTable(call: DynamoDbClient, TableName: string): Promise<Record<string, unknown>[]> {
  const items: Record<string, unknown>[] = []
  let startKey: unknown
  do {
    const answer = await call('Scan', { TableName, ExclusiveStartKey: startKey })
    items.push(...(answer['Items'] as Record<string, unknown>[]))
    startKey = answer['LastEvaluatedKey']
  } while (startKey)
  return items
}

/** SHA-256 in hex. */
export function sha256(body: string | Uint8Array): string {
  return createHash('sha256').update(body).digest('hex')
}

const testTable: CatalogueEntry['table'] = {
  name: 'Records',
  AttributeDefinitions: [
    { AttributeName: 'pk', AttributeType: 'S' },
    { AttributeName: 'sk', AttributeType: 'S' },
  ],
  KeySchema: [
    { AttributeName: 'pk', KeyType: 'HASH' },
    { AttributeName: 'sk', KeyType: 'RANGE' },
  ],
  GlobalSecondaryIndexes: [],
}
