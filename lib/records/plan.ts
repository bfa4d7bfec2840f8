import type { CompiledObject } from '#lib/records/compile.ts'
import type { ChangeAction, MergeMark, StoredRecord } from '#lib/store/items.ts'
import type { Step } from '#lib/store/transaction.ts'

/** A record's next state, worked out but not written. */
export type Plan = {
  object: CompiledObject
  before: StoredRecord | undefined
  after: StoredRecord
  action: ChangeAction | 'unchanged'
  /** The merge it is part of. */
  merge?: MergeMark
  /** What else is written or checked in the same transaction. */
  steps?: readonly Step[]
  /** The part of the request it comes from, such as `/operations/3`. */
  place?: string
  /** Which part of a job makes the change, such as `imp_01j.../17`: stands in the history; the request's own id unless told. */
  requestId?: string
}
