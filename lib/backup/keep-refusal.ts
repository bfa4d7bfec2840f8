import { readKept } from '#lib/backup/backup-files.ts'
import { CrmError } from '#lib/errors.ts'
import type { Files } from '#lib/runtime/files.ts'

/** Why a run came to a bad end. */
export type RunFailure = { code: string; detail: string }

/**
 * Does a step's work; what it is refused with is kept for whoever ends the run, since a workflow passes on only its text.
 * A `reason` among the error's members is the code that the run tells, where the API has none for it.
 */
export async function keepRefusal<T>(files: Files, key: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof CrmError && error.code !== 'unavailable')
      await keepFailure(files, key, { code: reasonOf(error), detail: error.message })
    throw error
  }
}

function reasonOf({ code, members }: CrmError): string {
  const { reason } = members
  return typeof reason === 'string' ? reason : code
}

function keepFailure(files: Files, key: string, failure: RunFailure): Promise<void> {
  return files.write(key, JSON.stringify(failure), { contentType: 'application/json' })
}

/** Why the run has to end: what a step was refused with, or the error that its workflow passed on. */
export async function toldFailure(
  files: Files,
  key: string,
  { name, message }: { name: string; message: string },
): Promise<RunFailure> {
  if (await files.head(key)) return readKept<RunFailure>(files, key)
  return { code: name === 'Unavailable' ? 'unavailable' : 'internal', detail: message }
}
