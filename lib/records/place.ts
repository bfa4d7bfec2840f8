import { CrmError } from '#lib/errors.ts'

/** Does a part of a request; what is wrong with it is said to be wrong at `place`, such as `/operations/3`. */
export async function atPlace<T>(place: string | undefined, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (place === undefined || !(error instanceof CrmError)) throw error
    throw placed(error, place)
  }
}

/** The same error, its pointers moved to a part of the request. */
export function placed(error: CrmError, place: string): CrmError {
  const { code, message, members } = error
  const moved = error.errors.map(each => ({ ...each, pointer: `${place}${each.pointer}` }))
  const errors = moved.length > 0 ? moved : [{ pointer: place, code, detail: message }]
  return new CrmError(code, `${place}: ${message}`, { errors, members, cause: error })
}
