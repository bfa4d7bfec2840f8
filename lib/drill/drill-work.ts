import { readKept } from '#lib/backup/backup-files.ts'
import type { BackupTools } from '#lib/backup/read-chain.ts'
import { type DrillPlan, drillFiles } from '#lib/drill/drill-files.ts'
import type { Files } from '#lib/runtime/files.ts'

/** What all steps of a restore drill work with. */
export type DrillGround = {
  files: Files
  /** What the names of scratch tables begin with; a run's id comes behind it. */
  tablePrefix: string
}

/** The same with the backups. */
export type DrillWork = DrillGround & BackupTools

/** What a drill goes by. */
export function readDrillPlan(files: Files, runId: string): Promise<DrillPlan> {
  return readKept<DrillPlan>(files, drillFiles.plan(runId))
}
