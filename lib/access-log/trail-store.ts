/** A file in the listing of a trail; a copy on disk does not know when S3 took it. */
export type TrailFile = { key: string; bytes: number; modifiedAt?: Date }

/** What a file holds, as it is stored, and its metadata. */
export type StoredFile = { bytes: Uint8Array; metadata: Readonly<Record<string, string>> }

/** Where log files and digests can be read: a bucket, or a copy of one. */
export type TrailSource = {
  /** Name of the bucket, which the digests tell too. */
  bucket: string
  /** Files whose key begins so, in the order of their keys; those behind a key where one is given. */
  list(prefix: string, after?: string): AsyncIterable<TrailFile>
  /** Undefined when there is no such file. */
  read(key: string): Promise<StoredFile | undefined>
}

/** Where files can be put too, never over others. */
export type TrailStore = TrailSource & {
  /** Writes a file unless there is one under that key; whether it was written. Of two writers at once exactly one writes. */
  writeNew(key: string, file: StoredFile, contentType: string): Promise<boolean>
}
