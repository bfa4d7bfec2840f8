import * as z from 'zod'
import { openDatabase } from '../engines/database.ts'

/** How far each event source has come; survives kill -9. */
export type Checkpoints = {
  read(source: string): string | undefined
  write(source: string, position: string): void
  close(): void
}

/** Opens the checkpoints kept in a file. */
export function openCheckpoints(file: string): Checkpoints {
  const database = openDatabase(file, 'CREATE TABLE IF NOT EXISTS checkpoint (source TEXT PRIMARY KEY, position TEXT)')
  const find = database.select(z.object({ position: z.string() }), 'SELECT position FROM checkpoint WHERE source = ?')
  const put = database.change('INSERT OR REPLACE INTO checkpoint (source, position) VALUES (?, ?)')
  return {
    read: source => find.one(source)?.position,
    write: (source, position) => void put(source, position),
    close: () => database.close(),
  }
}
