import * as z from 'zod'
import type { Database } from '../database.ts'

export const replicationSchema = `
CREATE TABLE IF NOT EXISTS replication (seq INTEGER PRIMARY KEY, bucket TEXT, status TEXT);
CREATE INDEX IF NOT EXISTS replicationPending ON replication (seq) WHERE status = 'PENDING';`

const status = z.enum(['PENDING', 'COMPLETED', 'FAILED', 'REPLICA'])
const statusRow = z.object({ status })
const pendingRow = z.object({ seq: z.number(), bucket: z.string() })

/** How far the copying of a version is, as S3 tells it. */
export type ReplicationStatus = z.infer<typeof status>

/** Which versions are to be copied, were copied, or are copies; by their sequence number. */
export type ReplicationStore = ReturnType<typeof openReplicationStore>

/** Prepares every statement on replication. */
export function openReplicationStore(database: Database) {
  const put = database.change('INSERT OR REPLACE INTO replication VALUES (?, ?, ?)')
  const find = database.select(statusRow, 'SELECT status FROM replication WHERE seq = ?')
  return {
    set: (seq: number, bucket: string, status: ReplicationStatus): void => void put(seq, bucket, status),
    of: (seq: number): ReplicationStatus | undefined => find.one(seq)?.status,
    /** In the order in which they were written. */
    nextPending: database.select(
      pendingRow,
      "SELECT seq, bucket FROM replication WHERE status = 'PENDING' ORDER BY seq LIMIT 1",
    ).one,
    forget: database.change('DELETE FROM replication WHERE seq = ?'),
  }
}
