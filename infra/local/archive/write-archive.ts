import { createWriteStream, renameSync } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Archive } from '#lib/archive/create-archive.ts'
import type { ArchiveManifest } from '#lib/archive/manifest.ts'

/**
 * Writes an archive to a file, which has its name once it is whole.
 * @returns the manifest.
 */
export async function writeArchive(path: string, { bytes, manifest }: Archive): Promise<ArchiveManifest> {
  const partial = `${path}.part`
  await pipeline(Readable.from(bytes), createWriteStream(partial))
  renameSync(partial, path)
  return manifest()
}
