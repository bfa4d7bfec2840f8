import * as z from 'zod'
import type { StepCall } from '#functions/edge/step.ts'
import { systemTools } from '#functions/workflows/job-context.ts'
import { backupTools } from '#functions/workflows/restore/step-tools.ts'
import { keepRefusal } from '#lib/backup/keep-refusal.ts'
import { drillFiles } from '#lib/drill/drill-files.ts'
import { type DrillGround, type DrillWork, readDrillPlan } from '#lib/drill/drill-work.ts'
import type { EvidenceKey } from '#lib/evidence/evidence-key.ts'
import type { Context } from '#lib/runtime/context.ts'
import { required } from '#lib/runtime/env.ts'
import { createStore, openTable, type Store } from '#lib/store/table.ts'

/** Which run. */
export const drillInput = z.object({ runId: z.string() })

/** What a step of a drill works with: it is the product itself, whoever asked for it. */
export type DrillTools<Work = DrillGround> = { ctx: Context; work: Work }

/** Opens what a step of a drill works with. */
export async function drillStepTools(call: StepCall, runId: string): Promise<DrillTools> {
  const { ctx, files } = await systemTools(call, `restoreDrill/${runId}`)
  return { ctx, work: { files, tablePrefix: required('SCRATCH_TABLE_PREFIX') } }
}

/** Does a step's work; why it was refused is kept for the end of the run. */
export async function drillStep<T>(call: StepCall, runId: string, run: (tools: DrillTools) => Promise<T>): Promise<T> {
  const tools = await drillStepTools(call, runId)
  return keepRefusal(tools.work.files, drillFiles.failure(runId), () => run(tools))
}

/** The same for a step that reads backups. */
export function backupDrillStep<T>(
  call: StepCall,
  runId: string,
  run: (tools: DrillTools<DrillWork & { evidence: EvidenceKey }>) => Promise<T>,
): Promise<T> {
  return drillStep(call, runId, ({ ctx, work }) => run({ ctx, work: { ...work, ...backupTools() } }))
}

/** The table that a drill restores into. */
export async function openRestored({ files }: DrillGround, runId: string): Promise<Store> {
  return createStore(openTable((await readDrillPlan(files, runId)).table))
}
