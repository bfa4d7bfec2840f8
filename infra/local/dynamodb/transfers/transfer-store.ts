import * as z from 'zod'
import { type Database, jsonColumn } from '../../engines/database.ts'

const json = z.record(z.string(), z.unknown())

const transferRow = z.object({
  arn: z.string(),
  kind: z.enum(['export', 'import']),
  tableArn: z.string(),
  token: z.string(),
  status: z.enum(['IN_PROGRESS', 'COMPLETED', 'FAILED']),
  startedAtMs: z.number(),
  endedAtMs: z.number().nullable(),
  /** As it was asked for, without the token. */
  request: z.string(),
  /** What the request came to, in the words of its description. */
  plan: jsonColumn(json),
  /** What it came to, in the words of its description. */
  result: jsonColumn(json),
})

/** An export or import as it is kept. */
export type Transfer = z.infer<typeof transferRow>

/** Which of the two. */
export type TransferKind = Transfer['kind']

/** Exports and imports on disk. */
export type TransferStore = ReturnType<typeof openTransferStore>

/** 8 hours: how long AWS knows a client token. */
const tokenMs = 8 * 60 * 60 * 1000

/** Prepares every statement on exports and imports. */
export function openTransferStore(database: Database) {
  const insert = database.change("INSERT INTO transfer VALUES (?, ?, ?, ?, 'IN_PROGRESS', ?, NULL, ?, ?, '{}')")
  const end = database.change('UPDATE transfer SET status = ?, endedAtMs = ?, result = ? WHERE arn = ?')
  const byToken = database.select(
    transferRow,
    `SELECT * FROM transfer WHERE kind = ? AND token = ? AND status <> 'FAILED' AND startedAtMs > ?
     ORDER BY startedAtMs DESC LIMIT 1`,
  )
  return {
    add: ({
      arn,
      kind,
      tableArn,
      token,
      startedAtMs,
      request,
      plan,
    }: Omit<Transfer, 'status' | 'endedAtMs' | 'result'>) =>
      insert(arn, kind, tableArn, token, startedAtMs, request, JSON.stringify(plan)),
    end: (arn: string, status: Transfer['status'], result: Record<string, unknown>) =>
      end(status, Date.now(), JSON.stringify(result), arn),
    find: database.select(transferRow, 'SELECT * FROM transfer WHERE kind = ? AND arn = ?').one,
    /** One that failed does not count: whoever asks again wants it done. */
    withToken: (kind: TransferKind, token: string) => byToken.one(kind, token, Date.now() - tokenMs),
    list: database.select(transferRow, 'SELECT * FROM transfer WHERE kind = ? ORDER BY startedAtMs DESC, arn').all,
    unfinished: database.select(transferRow, "SELECT * FROM transfer WHERE status = 'IN_PROGRESS'").all,
    importInto: database.select(
      transferRow,
      "SELECT * FROM transfer WHERE kind = 'import' AND status = 'IN_PROGRESS' AND tableArn = ?",
    ).one,
  }
}
