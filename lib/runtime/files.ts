/** What is known of a file without reading it. */
export type FileInfo = { bytes: number; contentType: string | undefined; etag: string; modifiedAt: Date }

/** A file in a listing. */
export type ListedFile = { key: string; bytes: number; modifiedAt: Date }

/** Where to send a file, and the headers that must go with it: S3 refuses the upload without them. */
export type UploadTarget = { url: string; headers: Record<string, string> }

/** What a file may be made of; whatever is no text or bytes yet is sent in parts as it comes. */
export type FileBody = string | Uint8Array | AsyncIterable<Uint8Array | string>

/** The files of a bucket. Bytes are encrypted with the bucket's own key, whoever uploads them. */
export type Files = {
  /**
   * An address that takes one file by PUT until it expires. S3 holds a PUT to one exact size (`bytes`), never to a
   * maximum: refuse a declared size that is too large before asking, and look at `head` before reading.
   */
  presignUpload(key: string, options: { contentType?: string; bytes?: number; expiresS: number }): Promise<UploadTarget>
  /** An address that gives the file by GET, under that name, until it expires. */
  presignDownload(key: string, options: { fileName: string; expiresS: number }): Promise<string>
  /** The file's bytes as they come, or those from `start` to `end` (both inclusive). A lost connection is taken up where it broke. */
  read(key: string, range?: { start: number; end?: number }): AsyncIterable<Uint8Array>
  /** A small file in UTF-8. */
  readText(key: string): Promise<string>
  write(key: string, body: FileBody, options?: { contentType?: string }): Promise<void>
  /** Writes a file unless there is one under that key; whether it was written. Of two writers at once exactly one writes. */
  writeNew(key: string, body: string | Uint8Array, options?: { contentType?: string }): Promise<boolean>
  /** `undefined` when there is no such file. */
  head(key: string): Promise<FileInfo | undefined>
  /** Files whose key begins with a prefix, in the order of their keys. */
  list(prefix: string): AsyncIterable<ListedFile>
}

/**
 * Opens a bucket by its name. S3 is loaded with the first call: it would double what most functions read at a cold start.
 * Every call throws CrmError `unavailable` when S3 does not answer, reading one of a file that is not there `not_found`.
 */
export function openFiles(bucket: string): Files {
  let opened: Promise<Files> | undefined
  const open = () => {
    opened ??= import('#lib/runtime/s3-operations.ts').then(({ openBucket }) => openBucket(bucket))
    return opened
  }
  return {
    presignUpload: async (key, options) => (await open()).presignUpload(key, options),
    presignDownload: async (key, options) => (await open()).presignDownload(key, options),
    read: async function* (key, range) {
      yield* (await open()).read(key, range)
    },
    readText: async key => (await open()).readText(key),
    write: async (key, body, options) => (await open()).write(key, body, options),
    writeNew: async (key, body, options) => (await open()).writeNew(key, body, options),
    head: async key => (await open()).head(key),
    list: async function* (prefix) {
      yield* (await open()).list(prefix)
    },
  }
}
