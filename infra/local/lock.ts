import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openDatabase } from './engines/database.ts'

/** A data folder that this process alone may use until `release`. */
export type FolderLock = { release(): void }

/** 3 s: a start right after a kill waits for the old process to be gone. */
const defaultWaitMs = 3000

/**
 * Takes a data folder for this process; throws, naming the other process, when it is taken. An open SQLite transaction
 * holds it: the kernel ends that with the process, however it dies, so no stale lock can be left behind.
 */
export function lockFolder(folder: string, waitMs = defaultWaitMs): FolderLock {
  mkdirSync(folder, { recursive: true })
  const pidFile = join(folder, 'lock.pid')
  const database = takeLock(join(folder, 'lock'), waitMs)
  if (database === undefined) {
    const pid = readFileSync(pidFile, 'utf8')
    throw new Error(
      `${folder} is in use by process ${pid}: stop that one (kill ${pid}), or set EVERGREEN_DATA to another folder.`,
    )
  }
  writeFileSync(pidFile, String(process.pid))
  return { release: () => database.close() }
}

function takeLock(file: string, waitMs: number) {
  try {
    return openDatabase(file, `PRAGMA busy_timeout = ${waitMs}; BEGIN IMMEDIATE`)
  } catch (error) {
    if (error instanceof Error && error.message.includes('locked')) return undefined
    throw error
  }
}
