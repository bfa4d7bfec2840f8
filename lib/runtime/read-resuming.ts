import { setTimeout as sleep } from 'node:timers/promises'
import { unavailable } from '#lib/errors.ts'

/** Opens a file at a byte; `etag` says which version it must still be. */
type OpenAt = (start: number, etag: string | undefined) => Promise<{ body: AsyncIterable<Uint8Array>; etag: string }>

/** 5 breaks in a row without a single byte between them: then it is no passing trouble. */
const mostBreaks = 5
const firstPauseMs = 100

/**
 * The bytes of a file from `start` on. S3 closes connections that are read slowly, as an import's are: reading goes on at
 * the byte where it broke, on the same version of the file.
 * @throws CrmError `unavailable` when that does not help.
 */
export async function* readResuming(open: OpenAt, start = 0): AsyncGenerator<Uint8Array> {
  let position = start
  let etag: string | undefined
  for (let breaks = 0; ; breaks++) {
    const opened = await open(position, etag)
    etag = opened.etag
    try {
      for await (const piece of opened.body) {
        breaks = 0
        position += piece.length
        yield piece
      }
      return
    } catch (error) {
      if (breaks + 1 >= mostBreaks) throw unavailable('A file could not be read to its end. Retrying is safe.', error)
      await sleep(firstPauseMs * 2 ** breaks)
    }
  }
}
