import type { CompiledObject } from '#lib/records/compile.ts'
import type { ChangeAction, StoredRecord } from '#lib/store/items.ts'

/** A record's next state, worked out but not written. */
export type Plan = {
  object: CompiledObject
  before: StoredRecord | undefined
  after: StoredRecord
  action: ChangeAction | 'unchanged'
  /** The part of the request it comes from, such as `/operations/3`. */
  place?: string
}
