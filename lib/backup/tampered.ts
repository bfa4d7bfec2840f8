import { CrmError } from '#lib/errors.ts'

/** A backup is not what was made and signed: nothing may be restored from it. `file` is its key in the vault, `what` goes on after it. */
export function tampered(file: string, what: string): CrmError {
  const advice = 'Nothing was restored. Use another backup, or the copy in the second region.'
  return new CrmError('backup_tampered', `${file} ${what}. ${advice}`, { members: { file } })
}
