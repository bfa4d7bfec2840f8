import type { Json, JsonObject } from '#schemas/json.ts'

/** A record as stored: its fields and what the server keeps about it. Times are RFC 3339 UTC with milliseconds. */
export type StoredRecord = {
  id: string
  object: string
  version: number
  fields: JsonObject
  createdAt: string
  createdBy: string
  updatedAt: string
  updatedBy: string
  /** In the recycle bin since then. */
  deletedAt?: string
  /** Absorbed by that record in a merge; `deletedAt` is set too. */
  mergedInto?: string
  /** What its surroundings told about this version when somebody last looked; its next write drops it. */
  checked?: Checked
}

/** What a record cannot tell by itself: absent members are not known. */
export type Checked = {
  at: string
  /** Open groups of likely duplicates that name it. */
  duplicates?: number
  /** It refers to a record that is gone; `missing` names the fields. */
  orphan?: boolean
  missing?: string[]
  /** Domains of its e-mail addresses that take no mail. */
  deadDomains?: string[]
}

/** What a write did to a record. */
export type ChangeAction = 'created' | 'updated' | 'deleted' | 'restored' | 'reverted' | 'merged' | 'unmerged'

/** The merge a change belongs to: into which record this one went, or which records it absorbed. */
export type MergeMark = { id: string; into?: string; absorbed?: string[] }

/** One immutable line of a record's history; the outbox of change events too. */
export type Change = {
  id: string
  object: string
  version: number
  action: ChangeAction
  at: string
  actorId: string
  requestId: string
  source: string
  /** Random per write: tells our own write from another's after a lost answer. */
  writeId: string
  /** Per field that changed; a side is absent when the field had or has no value. */
  changes: Record<string, { old?: Json; new?: Json }>
  /** Only for `merged` and `unmerged`. */
  merge?: MergeMark
}

/** Attributes that place a record in the indexes; sparse: what is absent is not indexed. */
export type IndexKeys = {
  byObjectPk: string
  byObjectSk: string
  byOwnerPk?: string
  byOwnerSk?: string
  byParentPk?: string
  byParentSk?: string
}

/** A unique value held by a record. `field` and `pointer` say where it comes from. */
export type UniqueValue = { field: string; value: string; pointer: string }

/** A look-up entry: record `id` has this value; `sort` orders the entries of one value. */
export type MatchEntry = { kind: string; value: string; sort: string }

/** What a request with an Idempotency-Key did, kept for a day. */
export type IdempotencyOutcome = {
  requestHash: string
  /** Each record written, in the order of the request. */
  writes: { id: string; object: string; version: number; action: ChangeAction | 'unchanged' }[]
}
