import type { TenantSettings } from '#schemas/tenant.ts'

/** 24 hours: the longest window that DynamoDB exports the changes of. */
const longestMs = 86_400_000
/** 10 minutes: DynamoDB knows of changes some five minutes after they were made. */
const settledMs = 600_000
/** 6 hours: what an incremental backup may be behind before a full one catches up. */
const mostBehindMs = 21_600_000

/** Where an incremental export begins and, unless it is of all there is by now, where it ends. */
export type IncrementalWindow = { fromAt: string; toAt?: string }

/**
 * The window of an incremental export that goes on where the backup before it ended; undefined where DynamoDB would not export
 * it, or it would be too far behind: then a full backup is due.
 */
export function incrementalWindow(
  { backupPace }: Pick<TenantSettings, 'backupPace'>,
  { fromAt, now }: { fromAt: string; now: Date },
): IncrementalWindow | undefined {
  const from = Date.parse(fromAt)
  const ageMs = now.getTime() - from
  if (ageMs < (backupPace?.incrementalFromMinutes ?? 15) * 60_000) return undefined
  if (ageMs <= longestMs) return { fromAt }
  const to = Math.min(from + longestMs, now.getTime() - settledMs)
  return now.getTime() - to > mostBehindMs ? undefined : { fromAt, toAt: new Date(to).toISOString() }
}
