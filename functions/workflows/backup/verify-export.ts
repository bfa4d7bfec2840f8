import * as z from 'zod'
import { step } from '#functions/edge/step.ts'
import { backupInput, backupStep } from '#functions/workflows/backup/step-tools.ts'
import { verifyExport } from '#lib/backup/verify-export.ts'

const input = backupInput.extend({ share: z.int().min(0), shares: z.int().min(1) })

/** Reads the files of a share to their ends, for as long as the step may go on. */
export const handler = step(input, async (share, call) =>
  backupStep(call, share.runId, ({ work }) => verifyExport(work, { ...share, remainingMs: call.remainingMs })),
)
