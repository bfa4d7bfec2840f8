import { runFiles } from '#lib/cleanup/run-files.ts'
import { CrmError } from '#lib/errors.ts'
import type { Files } from '#lib/runtime/files.ts'
import { isPassing } from '#lib/runtime/outage.ts'

/** Keeps why a lane failed, for the report. */
export async function tellFailure(files: Files, runId: string, error: unknown): Promise<void> {
  const code = isPassing(error) ? 'unavailable' : error instanceof CrmError ? error.code : 'internal'
  const detail = error instanceof Error ? error.message : String(error)
  await files.write(runFiles.failure(runId), JSON.stringify({ code, detail }), { contentType: 'application/json' })
}
