import type { Files } from '#lib/runtime/files.ts'

/** Which records: those of one object, or some by their ids. */
export type Wanted = { object: string; prefix: string } | { ids: string[] }

/** What a restore goes by from its first step to its last. */
export type RestorePlan = {
  runId: string
  backupId: string
  /** The moment whose state comes back. */
  cutOffAt: string
  wanted: Wanted
  dryRun: boolean
  /** Id of the user who asked for it: what it may not do is not done. */
  requestedBy: string
  startedAt: string
  /** Records are shared out over so many partitions by their ids: one is held in memory at a time. */
  partitions: number
}

/** Where the files of a restore are. */
export const restoreFiles = {
  plan: (runId: string) => `restores/${runId}/plan.json`,
  /** Lines of the backup that belong to a partition, in the order in which they apply. */
  collected: (runId: string, partition: number) => `restores/${runId}/collected/${padded(partition)}/`,
  intent: (runId: string, partition: number) => `restores/${runId}/intents/${padded(partition)}.ndjson`,
  results: (runId: string) => `restores/${runId}/results/`,
  result: (runId: string, partition: number) => `restores/${runId}/results/${padded(partition)}.ndjson`,
  /** Why a step could not go on. */
  failure: (runId: string) => `restores/${runId}/failure.json`,
  report: (runId: string) => `restores/${runId}/report.json`,
}

/** Padded so that text order is number order. */
export function padded(number: number): string {
  return String(number).padStart(6, '0')
}

/**
 * The plan of a restore.
 * @throws CrmError not_found.
 */
export async function readRestorePlan(files: Files, runId: string): Promise<RestorePlan> {
  return JSON.parse(await files.readText(restoreFiles.plan(runId)))
}
