/** Why a task went to whom it went. */
export type AssignmentReason =
  /** The record's owner. */
  | 'owner'
  /** The record has no owner. */
  | 'ownerless'
  /** Its owner is disabled or deleted. */
  | 'ownerLeft'
  /** Its owner may not change it, or may not have tasks. */
  | 'ownerMayNot'

/**
 * What a plan does about one stale record. The same for a dry run and for the real run that follows it: nothing in it
 * depends on the run.
 */
export type RefreshItem = {
  recordId: string
  object: string
  outcome: /** It gets a verification task. */
    | 'created'
    /** It has an open one already. */
    | 'alreadyOpen'
    /** Nobody active may change it. */
    | 'unassigned'
    /** Those who may have as many tasks a day as the policy allows: the next run takes it. */
    | 'noRoom'
    /** Its task was refused; `problem` says why. */
    | 'failed'
  problem?: string
  /** With `created`: who is to verify it, until when (RFC 3339), and why this person. */
  assigneeId?: string
  dueAt?: string
  reason?: AssignmentReason
  /** With `reason` other than `owner`: the decision in words, in the tenant's language. */
  why?: string
}

/** What planning a refresh came to; counts are those of `items`, except `left`. */
export type RefreshOutcome = {
  /** Absent when there was nothing to do, and in a dry run. */
  planId?: string
  created: number
  alreadyOpen: number
  unassigned: number
  noRoom: number
  failed: number
  /** Stale records beyond `policy.refresh.mostPerRun`, which the next run takes. */
  left: number
  /** Tasks by assignee, most first. */
  byOwner: { ownerId: string; tasks: number }[]
  /** Most overdue first; then those that have an open task, by id. */
  items: RefreshItem[]
}
