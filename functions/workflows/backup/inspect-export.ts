import * as z from 'zod'
import { step } from '#functions/edge/step.ts'
import { backupInput, backupStep } from '#functions/workflows/backup/step-tools.ts'
import { inspectExport } from '#lib/backup/inspect-export.ts'

const input = backupInput.extend({ export: z.object({ arn: z.string() }) })

/** Reads the manifests of a finished export and shares its files out. */
export const handler = step(input, async ({ runId, export: { arn } }, call) =>
  backupStep(call, runId, ({ ctx, work }) => inspectExport(ctx, work, { runId, exportArn: arn })),
)
