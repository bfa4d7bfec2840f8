import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import * as z from 'zod'
import { parseDigestKey } from '#lib/access-log/log-keys.ts'
import type { TrailFile, TrailSource } from '#lib/access-log/trail-store.ts'

/** Ending of the file beside a digest that keeps the metadata its object had in S3. */
export const metadataEnding = '.meta.json'

/**
 * Opens a copy of a trail on disk: `DIR/<bucket>/AWSLogs/...`, or `DIR/AWSLogs/...` in a folder that is called as the bucket.
 * @throws Error that says what is expected, when it is neither.
 */
export function openTrailFolder(dir: string): TrailSource {
  const root = rootOf(dir)
  return {
    bucket: basename(root),
    list: (prefix, after) => list(root, prefix, after),
    read: async key => {
      const bytes = await readFile(join(root, key)).catch(absent)
      // Looked for beside digests only: a year has 100,000s of log files, and none of them has any.
      return bytes && { bytes, metadata: parseDigestKey(key) ? metadataOf(join(root, key)) : {} }
    },
  }
}

function rootOf(dir: string): string {
  if (!existsSync(dir)) throw new Error(`There is no folder ${dir}.`)
  if (existsSync(join(dir, 'AWSLogs'))) return dir
  const buckets = readdirSync(dir).filter(name => existsSync(join(dir, name, 'AWSLogs')))
  const [bucket] = buckets
  if (bucket === undefined) throw new Error(`${dir} has no folder <bucket>/AWSLogs: is it what \`download\` wrote?`)
  if (buckets.length > 1) throw new Error(`${dir} holds several buckets: give one of ${buckets.join(', ')}.`)
  return join(dir, bucket)
}

/** Depth first in the order of names, so one folder at a time is in memory. */
async function* list(root: string, prefix: string, after = ''): AsyncGenerator<TrailFile> {
  const folder = prefix.slice(0, prefix.lastIndexOf('/') + 1)
  for (const key of keysUnder(root, folder))
    if (key.startsWith(prefix) && key > after && !key.endsWith(metadataEnding))
      yield { key, bytes: statSync(join(root, key)).size }
}

function* keysUnder(root: string, folder: string): Generator<string> {
  if (!existsSync(join(root, folder))) return
  const entries = readdirSync(join(root, folder), { withFileTypes: true })
  // As S3 sorts: a folder's name has its slash behind it.
  const names = entries.map(entry => (entry.isDirectory() ? `${entry.name}/` : entry.name)).toSorted(byBytes)
  for (const name of names) {
    if (name.endsWith('/')) yield* keysUnder(root, folder + name)
    else yield folder + name
  }
}

function byBytes(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}

const metadata = z.record(z.string(), z.string())

function metadataOf(file: string): Record<string, string> {
  try {
    return metadata.parse(JSON.parse(readFileSync(file + metadataEnding, 'utf8')))
  } catch {
    // Missing or no metadata: the digest counts as unsigned, which verification says.
    return {}
  }
}

function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code === 'ENOENT') return undefined
  throw error
}
