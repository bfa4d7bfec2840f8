import type { StoredFile, TrailSource, TrailStore } from '#lib/access-log/trail-store.ts'

/** A file of a trail in memory, and when S3 would have taken it. */
export type MemoryFile = StoredFile & { modifiedAt: Date }

/** A bucket in memory, whose clock the test moves. */
export type MemoryTrail = TrailStore & { files: Map<string, MemoryFile>; now: Date }

/** A bucket of a test. `onWrite` may throw, as S3 may, before or after it has written. */
export function memoryTrail(
  bucket: string,
  { onWrite = () => undefined }: { onWrite?: (key: string, when: 'before' | 'after') => void } = {},
): MemoryTrail {
  const files = new Map<string, MemoryFile>()
  const trail: MemoryTrail = {
    ...{ bucket, files, now: new Date(0) },
    ...reading(files),
    writeNew: async (key, file) => {
      onWrite(key, 'before')
      if (files.has(key)) return false
      files.set(key, { ...file, modifiedAt: trail.now })
      onWrite(key, 'after')
      return true
    },
  }
  return trail
}

/** A copy of a bucket: no file is dated, and none can be written. */
export function copyOf({ bucket, files }: { bucket: string; files: ReadonlyMap<string, StoredFile> }): TrailSource & {
  files: Map<string, StoredFile>
} {
  const own = new Map([...files].map(([key, { bytes, metadata }]) => [key, { bytes, metadata }]))
  return { bucket, files: own, ...reading(own) }
}

function reading(files: Map<string, StoredFile & { modifiedAt?: Date }>): Pick<TrailSource, 'list' | 'read'> {
  return {
    list: async function* (prefix, after = '') {
      for (const key of [...files.keys()].toSorted((a, b) => (a < b ? -1 : 1))) {
        const file = files.get(key)
        if (!file || !key.startsWith(prefix) || key <= after) continue
        yield { key, bytes: file.bytes.length, ...(file.modifiedAt && { modifiedAt: file.modifiedAt }) }
      }
    },
    read: async key => files.get(key),
  }
}
