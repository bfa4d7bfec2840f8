import { createHash, randomBytes } from 'node:crypto'
import { constants, createGzip, type Gzip } from 'node:zlib'

/** An entry of manifest-files.json, as DynamoDB writes it. */
export type DataFile = { itemCount: number; md5Checksum: string; etag: string; dataFileS3Key: string }

/** Stores a file and answers its ETag, without quotes. */
export type Put = (key: string, body: Uint8Array, contentType: string) => Promise<string>

/** Writes lines into one compressed file after another. */
export type DataFiles = {
  /** `lines` hold `count` lines, with a line feed between them. */
  write(lines: Uint8Array, count: number): Promise<void>
  /** All files, once they are stored; one without lines when nothing was written. */
  end(): Promise<DataFile[]>
}

/** 64 MB of lines at the most in one file: what it is compressed to is held in memory until it is stored. */
const mostBytes = 64_000_000

const lineFeed = Buffer.from('\n')

/** Prepares files of `linesPerFile` lines or a little more in `folder`. */
export function createDataFiles(
  put: Put,
  { folder, linesPerFile }: { folder: string; linesPerFile: number },
): DataFiles {
  const stored: Promise<DataFile>[] = []
  let open: OpenFile | undefined
  const store = async (file: OpenFile) => {
    const { body, itemCount } = await file.end()
    const key = `${folder}${randomName()}.json.gz`
    const etag = await put(key, body, 'application/x-gzip')
    return { itemCount, md5Checksum: createHash('md5').update(body).digest('base64'), etag, dataFileS3Key: key }
  }
  const close = async () => {
    // One file is stored while the next is filled, never more.
    await stored.at(-1)
    if (open !== undefined) stored.push(store(open))
    // Its failure is heard of when it is waited for.
    stored.at(-1)?.catch(() => undefined)
    open = undefined
  }
  return {
    write: async (lines, count) => {
      open ??= openFile()
      await open.write(lines, count)
      if (open.isFull(linesPerFile)) await close()
    },
    end: async () => {
      if (stored.length === 0) open ??= openFile()
      await close()
      return Promise.all(stored)
    },
  }
}

type OpenFile = ReturnType<typeof openFile>

function openFile() {
  const gzip = createGzip({ level: constants.Z_BEST_SPEED, chunkSize: 256 * 1024 })
  const compressed = collect(gzip)
  let itemCount = 0
  let bytes = 0
  return {
    write: async (lines: Uint8Array, count: number) => {
      itemCount += count
      bytes += lines.length
      await writeTo(gzip, lines)
      await writeTo(gzip, lineFeed)
    },
    isFull: (linesPerFile: number) => itemCount >= linesPerFile || bytes >= mostBytes,
    end: async () => {
      gzip.end()
      return { body: await compressed, itemCount }
    },
  }
}

function writeTo(gzip: Gzip, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    gzip.write(bytes, error => (error ? reject(error) : resolve()))
  })
}

async function collect(gzip: Gzip): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of gzip) chunks.push(chunk)
  return Buffer.concat(chunks)
}

/** 26 of these 32 letters and digits are how DynamoDB calls its files. */
const alphabet = 'abcdefghijklmnopqrstuvwxyz234567'

function randomName(): string {
  return [...randomBytes(26)].map(byte => alphabet[byte % 32]).join('')
}
