import { createHash } from 'node:crypto'
import { notFound } from '#lib/errors.ts'
import type { FileBody, Files } from '#lib/runtime/files.ts'

/** Files of a test, in memory. `onWrite` may throw, as S3 may. */
export function memoryFiles(options: { onWrite?: (key: string) => void } = {}): Files & { keys(): string[] } {
  const kept = new Map<string, Buffer>()
  const bytesAt = (key: string): Buffer => {
    const bytes = kept.get(key)
    if (!bytes) throw notFound('file', key)
    return bytes
  }
  return {
    keys: () => [...kept.keys()].toSorted(),
    presignUpload: async key => ({ url: `memory:${key}`, headers: {} }),
    presignDownload: async key => `memory:${key}`,
    read: async function* (key) {
      const bytes = bytesAt(key)
      for (let at = 0; at < bytes.length; at += 65_536) yield bytes.subarray(at, at + 65_536)
    },
    readText: async key => bytesAt(key).toString(),
    write: async (key, body) => {
      options.onWrite?.(key)
      kept.set(key, await bytesOf(body))
    },
    writeNew: async (key, body) => {
      options.onWrite?.(key)
      if (kept.has(key)) return false
      kept.set(key, Buffer.from(body))
      return true
    },
    head: async key => {
      const bytes = kept.get(key)
      if (!bytes) return undefined
      const etag = createHash('md5').update(bytes).digest('hex')
      return { bytes: bytes.length, contentType: undefined, etag, modifiedAt: new Date(0) }
    },
    list: async function* (prefix) {
      for (const key of [...kept.keys()].toSorted())
        if (key.startsWith(prefix)) yield { key, bytes: bytesAt(key).length, modifiedAt: new Date(0) }
    },
  }
}

async function bytesOf(body: FileBody): Promise<Buffer> {
  if (typeof body === 'string' || body instanceof Uint8Array) return Buffer.from(body)
  const parts: Uint8Array[] = []
  for await (const part of body) parts.push(Buffer.from(part))
  return Buffer.concat(parts)
}
