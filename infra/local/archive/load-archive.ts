import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { S3Client } from '@aws-sdk/client-s3'
import { Upload } from '@aws-sdk/lib-storage'
import { gzipLines } from '#lib/backup/gzip-lines.ts'
import { marshalled } from '#lib/store/attribute-json.ts'
import { readTables } from '../dynamodb/tables.ts'
import { startS3 } from '../engines/s3/start-s3.ts'
import { createNaming } from '../names.ts'
import { buildIndex, loadRecords } from '../restore/fill-tables.ts'
import { makeFolder } from '../restore/new-folder.ts'
import { sourceNames } from '../restore/source-names.ts'
import { readAssembly } from '../template.ts'
import { type OpenArchive, verifyArchive } from './verify-archive.ts'

/** An archive to load, and the folder that is to be made of it. */
export type ArchiveLoad = {
  archive: string
  into: string
  assembly: string
  tenant: string
  listShards: number
  /** Public key in PEM that must have signed it. */
  trusted?: string | undefined
}

/** What was loaded. */
export type ArchiveLoaded = Pick<OpenArchive, 'manifest' | 'keyFingerprint'> & { items: number; indexed: number }

/**
 * Makes a data folder of an archive, once every byte of it is known to be what was signed. The access log stays in the archive:
 * its chain of digests is of the tenant that it was.
 * @throws Error naming the member that is not what was signed, before anything is made.
 */
export async function loadArchive(wish: ArchiveLoad): Promise<ArchiveLoaded> {
  const archive = await verifyArchive(wish.archive, wish.trusted)
  try {
    return await makeFolder(wish.into, async folder => {
      const assembly = readAssembly(wish.assembly, wish.tenant)
      const resolve = createNaming(assembly, { keyIds: new Map() })
      mkdirSync(folder, { recursive: true })
      const made = { folder, tables: readTables(assembly, resolve), listShards: wish.listShards }
      const items = await loadRecords(made, linesOf(archive))
      const indexed = await buildIndex(made)
      await putFiles(archive, { folder, region: assembly.region, bucket: sourceNames(assembly, resolve).files })
      const { manifest, keyFingerprint } = archive
      return { manifest, keyFingerprint, items, indexed }
    })
  } finally {
    await archive.close()
  }
}

async function* linesOf({ members }: OpenArchive): AsyncGenerator<string> {
  for (const { kind, read } of members) {
    if (kind !== 'records' && kind !== 'history' && kind !== 'keys') continue
    for await (const lines of gzipLines(read()))
      for (const line of lines) yield JSON.stringify({ Item: marshalled(JSON.parse(line)) })
  }
}

async function putFiles(
  { members }: OpenArchive,
  { folder, region, bucket }: { folder: string; region: string; bucket: string },
): Promise<void> {
  const s3 = await startS3({ dir: join(folder, 's3'), region })
  s3.createBucket(bucket, { versioning: true })
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' }
  const client = new S3Client({ endpoint: s3.url, region, credentials })
  try {
    for (const { kind, key, contentType, read } of members) {
      if (kind !== 'files' || key === undefined) continue
      const about = { Bucket: bucket, Key: key, ...(contentType !== undefined && { ContentType: contentType }) }
      await new Upload({ client, params: { ...about, Body: Readable.from(read()) } }).done()
    }
  } finally {
    client.destroy()
    await s3.stop()
  }
}
