import { randomUUID } from 'node:crypto'
import { createReadStream, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { constants, copyFile, open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'

/** Files that hold the content of object versions and parts, one each, under random names. */
export type Blobs = ReturnType<typeof openBlobs>

/** Opens the folder of blobs; a blob is on the disk before its name is given out. */
export function openBlobs(dir: string) {
  mkdirSync(dir, { recursive: true })
  const pathOf = (id: string) => join(dir, id)
  const remove = (id: string): Promise<void> => rm(pathOf(id), { force: true })
  const write = async (content: AsyncIterable<Uint8Array>): Promise<string> => {
    const id = randomUUID()
    const file = await open(pathOf(id), 'wx', 0o600)
    try {
      for await (const piece of content) await file.write(piece)
      await file.datasync()
    } catch (error) {
      await remove(id)
      throw error
    } finally {
      await file.close()
    }
    return id
  }
  return {
    write,
    remove,
    /** Bytes `start` to `end`, both included. */
    read: (id: string, start: number, end: number): Readable => createReadStream(pathOf(id), { start, end }),
    /** A copy of its own, so that what befalls one does not befall the other. */
    copy: async (id: string): Promise<string> => {
      const copy = randomUUID()
      await copyFile(pathOf(id), pathOf(copy), constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE)
      const file = await open(pathOf(copy), 'r+')
      await file.datasync().finally(() => file.close())
      return copy
    },
    concatenate: (ids: string[]): Promise<string> => write(readAll(ids.map(pathOf))),
    /** Removes what a killed process left behind: blobs that no version or part names. */
    sweep: (isInUse: (id: string) => boolean): void => {
      for (const id of readdirSync(dir)) if (!isInUse(id)) rmSync(pathOf(id), { force: true })
    },
  }
}

async function* readAll(paths: string[]): AsyncGenerator<Buffer> {
  for (const path of paths) yield* createReadStream(path)
}
