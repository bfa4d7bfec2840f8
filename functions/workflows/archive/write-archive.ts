import * as z from 'zod'
import { step } from '#functions/edge/step.ts'
import { systemTools } from '#functions/workflows/job-context.ts'
import { backupTools } from '#functions/workflows/restore/step-tools.ts'
import { archiveFiles } from '#lib/archive/archive-files.ts'
import { makeArchive } from '#lib/archive/make-archive.ts'
import { keepRefusal } from '#lib/backup/keep-refusal.ts'
import { required } from '#lib/runtime/env.ts'

/** Writes all that there is of the tenant into one file. */
export const handler = step(z.object({ runId: z.string() }), async ({ runId }, call) => {
  const { ctx, files } = await systemTools(call, `archive/${runId}`)
  const accessLog = required('ACCESS_LOG_BUCKET')
  const work = { tools: backupTools(), accessLog, files, filesBucket: required('FILES_BUCKET') }
  const { remainingMs } = call
  await keepRefusal(files, archiveFiles.failure(runId), () => makeArchive(ctx, work, { runId, remainingMs }))
  return {}
})
