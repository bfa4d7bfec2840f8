import { CrmError } from '#lib/errors.ts'
import { endRestore, type RestoreFailure } from '#lib/restore/end-restore.ts'
import { readRestorePlan, restoreFiles } from '#lib/restore/restore-files.ts'
import type { Context } from '#lib/runtime/context.ts'
import type { Files } from '#lib/runtime/files.ts'

/** Does a step's work; what it is refused with is kept for the report, since a workflow passes on only its text. */
export async function tellingRefusal<T>(files: Files, runId: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof CrmError) {
      const failure: RestoreFailure = { code: error.code, detail: error.message }
      await files.write(restoreFiles.failure(runId), JSON.stringify(failure), { contentType: 'application/json' })
    }
    throw error
  }
}

/** Ends a restore that cannot go on, saying why; what it has restored by then stays, and is in its report. */
export async function failRestore(
  ctx: Context,
  files: Files,
  { runId, message }: { runId: string; message: string },
): Promise<void> {
  const plan = await readRestorePlan(files, runId)
  const key = restoreFiles.failure(runId)
  const isTold = (await files.head(key)) !== undefined
  const failure: RestoreFailure = isTold ? JSON.parse(await files.readText(key)) : { code: 'internal', detail: message }
  await endRestore(ctx, { files, plan }, failure)
}
