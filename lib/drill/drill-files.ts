/** Which of the two tables that a drill compares. */
export type Side = 'live' | 'restored'

/** What a drill goes by from its first step to its last. */
export type DrillPlan = {
  runId: string
  backupId: string
  /** The chain that is restored, the full backup first. */
  chain: string[]
  startedAt: string
  cutOffAt: string
  /** The scratch table. */
  table: string
  segments: number
  partitions: number
}

const padded = (place: number) => String(place).padStart(4, '0')

/** Keys of what the steps of a drill keep for each other, in the files bucket. */
export const drillFiles = {
  plan: (runId: string) => `backups/${runId}/plan.json`,
  readable: (runId: string) => `backups/${runId}/readable.json`,
  imported: (runId: string) => `backups/${runId}/imported.json`,
  digests: (runId: string, side: Side, partition: number) => `backups/${runId}/digests/${side}-${padded(partition)}/`,
  scanned: (runId: string, side: Side, segment: number) => `backups/${runId}/scanned/${side}-${padded(segment)}.json`,
  compared: (runId: string, partition: number) => `backups/${runId}/compared/${padded(partition)}.json`,
  checked: (runId: string) => `backups/${runId}/read-checks.json`,
  report: (runId: string) => `backups/${runId}/report.json`,
  /** One for each backup of the chain that is not what was signed. */
  damaged: (runId: string, backupId = '') => `backups/${runId}/damaged/${backupId}`,
  failure: (runId: string) => `backups/${runId}/failure.json`,
}
