import * as z from 'zod'
import { step } from '#functions/edge/step.ts'
import { backupInput, backupStep } from '#functions/workflows/backup/step-tools.ts'
import { openVault } from '#lib/backup/vault.ts'
import { watchCopy } from '#lib/backup/watch-copy.ts'
import { required } from '#lib/runtime/env.ts'

const count = z.int().min(0)
const input = backupInput.extend({ backupId: z.string(), place: count, polls: count, pollSeconds: count })

/** Looks whether the second region has the backup, byte for byte, and the files that belong to it. */
export const handler = step(input, async (watch, call) =>
  backupStep(call, watch.runId, ({ ctx, work }) => {
    const region = required('BACKUP_COPY_REGION')
    const copy = openVault(required('BACKUP_COPY_BUCKET'), region)
    const filesCopy = openVault(required('FILES_COPY_BUCKET'), region)
    return watchCopy(ctx, { ...work, copy, filesCopy }, { ...watch, remainingMs: call.remainingMs })
  }),
)
