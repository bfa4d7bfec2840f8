import * as z from 'zod'
import { step } from '#functions/edge/step.ts'
import { backupDrillStep, drillInput } from '#functions/workflows/drill/step-tools.ts'
import { verifyShare } from '#lib/drill/verify-share.ts'

const input = drillInput.extend({ share: z.int().min(0), shares: z.int().min(1) })

/** Reads files of the backup to their ends, before anything is restored. */
export const handler = step(input, async (share, call) =>
  backupDrillStep(call, share.runId, ({ work }) => verifyShare(work, share)),
)
