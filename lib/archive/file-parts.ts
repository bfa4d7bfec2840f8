import { openTrailBucket } from '#lib/access-log/trail-bucket.ts'
import type { Part } from '#lib/archive/create-archive.ts'
import { inventoryFiles } from '#lib/backup/inventory-files.ts'
import type { Chain } from '#lib/backup/read-chain.ts'
import { openVault, type Vault } from '#lib/backup/vault.ts'
import { CrmError } from '#lib/errors.ts'
import { ahead } from '#lib/runtime/ahead.ts'

/** Where the access log's bucket has log files with their digests, and what checking them came to. */
const accessLogPrefixes = ['AWSLogs/', 'verifications/']
/** 16 small files at a time: a log of a year has a million, each some milliseconds away. */
const filesAhead = 16

/** The files that the newest backup of a chain lists, each in the version of then; `missing` gets the keys of those that have expired since. */
export async function* fileParts(
  { vault, chain }: { vault: Vault; chain: Chain },
  { bucket, missing }: { bucket: string; missing: string[] },
): AsyncGenerator<Part> {
  const files = openVault(bucket)
  let place = 0
  for await (const { key, versionId } of inventoryFiles(vault, chain.newest.inventory)) {
    const file = await files.open(key, versionId).catch(undefinedIfGone)
    if (!file) {
      missing.push(key)
      continue
    }
    const { body: content, bytes: size, contentType } = file
    const about = { name: nameOf('files', place++), kind: 'files', key, size, content } as const
    yield contentType === undefined ? about : { ...about, contentType }
  }
}

/** Log files and digests of the access log as they lie in their bucket, with the metadata that holds a digest's signature. */
export async function* accessLogParts(bucket: string): AsyncGenerator<Part> {
  const trail = openTrailBucket(bucket)
  let place = 0
  for (const prefix of accessLogPrefixes)
    for await (const { key, file } of ahead(trail.list(prefix), filesAhead, async ({ key }) => ({
      key,
      file: await trail.read(key),
    }))) {
      if (!file) continue
      const { bytes, metadata } = file
      const name = nameOf('access-log', place++)
      yield { name, kind: 'access-log', key, metadata: { ...metadata }, size: bytes.length, content: [bytes] }
    }
}

function undefinedIfGone(error: unknown): undefined {
  if (error instanceof CrmError && error.code === 'not_found') return undefined
  throw error
}

/** A key may be longer than what tar takes for a name: the manifest has it. */
function nameOf(folder: string, place: number): string {
  return `${folder}/${String(place).padStart(6, '0')}`
}
