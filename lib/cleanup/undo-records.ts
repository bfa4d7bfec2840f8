import { isDeepStrictEqual } from 'node:util'
import type { FixedItem } from '#lib/cleanup/items.ts'
import { runSource } from '#lib/cleanup/run-job.ts'
import { CrmError } from '#lib/errors.ts'
import type { CompiledObject } from '#lib/records/compile.ts'
import { isEmpty } from '#lib/records/fields/empty.ts'
import { nextVersion } from '#lib/records/next-state.ts'
import type { Plan } from '#lib/records/plan.ts'
import { type BulkWrite, writeMany } from '#lib/records/write-many.ts'
import type { Context } from '#lib/runtime/context.ts'
import { readChangesUntil } from '#lib/store/history.ts'
import type { StoredRecord } from '#lib/store/items.ts'
import { readRecord, readRecords } from '#lib/store/read.ts'
import type { Json, JsonObject } from '#schemas/json.ts'

/** A record that stays as it is, and why. */
export type Conflict = { id: string; object: string; code: string; detail: string }
/** What undoing came to. */
export type Undone = { reverted: number; conflicts: Conflict[] }

type Work = { ctx: Context; object: CompiledObject; runId: string }
type Decision = { item: FixedItem } & (
  | { kind: 'nothing' }
  | { kind: 'reverted'; write?: BulkWrite }
  | { kind: 'conflict'; detail: string }
)
/** What the run made of a field, and what it was. */
type FieldChange = { field: string; from: Json; to: Json }

/** 50 histories are read at a time. */
const atOnce = 50

/** Where the changes of undoing a run come from. */
export function undoSource(runId: string): string {
  return `${runSource(runId)}/undo`
}

/**
 * Gives fixed fields back what they held. A field that was changed since is a conflict, and its record stays as it is; what
 * was changed beside the fixed fields does not matter. Safe to run again.
 */
export async function undoRecords(work: Work, items: readonly FixedItem[]): Promise<Undone> {
  const undone: Undone = { reverted: 0, conflicts: [] }
  for (let at = 0; at < items.length; at += atOnce) {
    const some = items.slice(at, at + atOnce)
    const records = await readRecords(
      work.ctx.store,
      some.map(({ id }) => id),
    )
    await carryOut(work, await Promise.all(some.map(item => decide(work, item, records.get(item.id)))), undone)
  }
  return undone
}

async function decide(work: Work, item: FixedItem, record: StoredRecord | undefined): Promise<Decision> {
  if (!record) return { item, kind: 'conflict', detail: `${item.id} was deleted for good since.` }
  const changes = await readChangesUntil(work.ctx.store, item.id, ({ version }) => version <= item.version + 1)
  const ours = changes.find(({ version }) => version === item.version + 1)
  // The run left it alone after all: somebody else was faster, or a rule was in the way.
  if (ours?.source !== runSource(work.runId)) return { item, kind: 'nothing' }
  if (changes.some(({ source }) => source === undoSource(work.runId))) return { item, kind: 'reverted' }
  const plan = planOf(work, item, record)
  return typeof plan === 'string'
    ? { item, kind: 'conflict', detail: plan }
    : { item, kind: 'reverted', write: { plan, replan: replanner(work, item) } }
}

function replanner(work: Work, item: FixedItem): () => Promise<Plan> {
  return async () => {
    const now = await readRecord(work.ctx.store, item.id)
    const plan = now ? planOf(work, item, now) : `${item.id} was deleted for good since.`
    if (typeof plan === 'string') throw new CrmError('version_conflict', plan)
    return plan
  }
}

/** The record with its fields as they were before the run, or why it stays as it is. */
function planOf({ ctx, object }: Work, item: FixedItem, record: StoredRecord): Plan | string {
  if (record.deletedAt !== undefined) return `${record.id} was deleted since; restore it first.`
  const changes = fieldChanges(item)
  const isAsWas = ({ field, from }: FieldChange) => holds(record.fields, field, from)
  if (changes.every(isAsWas)) return { object, before: record, after: record, action: 'unchanged' }
  const moved = changes.filter(each => !isAsWas(each) && !holds(record.fields, each.field, each.to))
  if (moved.length > 0) {
    const names = moved.map(({ field }) => field).join(', ')
    return `${names} of ${record.id} was changed since the run; set by hand what you want there.`
  }
  const fields = { ...record.fields }
  for (const { field, from } of changes) fields[field] = from
  return { object, before: record, after: nextVersion(ctx, record, fields), action: 'reverted' }
}

function holds(fields: JsonObject, field: string, value: Json): boolean {
  return isEmpty(value) ? isEmpty(fields[field]) : isDeepStrictEqual(fields[field], value)
}

/** From the first fix of a field to the last. */
function fieldChanges({ fixes }: FixedItem): FieldChange[] {
  const byField = new Map<string, FieldChange>()
  for (const { field, from, to } of fixes) byField.set(field, { field, from: byField.get(field)?.from ?? from, to })
  return [...byField.values()]
}

async function carryOut({ ctx }: Work, decisions: readonly Decision[], undone: Undone): Promise<void> {
  const writes = decisions.flatMap(each =>
    each.kind === 'reverted' && each.write ? [{ item: each.item, write: each.write }] : [],
  )
  const outcomes = await writeMany(
    ctx,
    writes.map(({ write }) => write),
  )
  const failed = new Map(
    writes.flatMap(({ item }, i) => {
      const outcome = outcomes[i]
      return outcome && 'error' in outcome ? [[item.id, outcome.error.message] as const] : []
    }),
  )
  for (const decision of decisions) {
    const { id, object } = decision.item
    const detail = decision.kind === 'conflict' ? decision.detail : failed.get(id)
    if (detail !== undefined) undone.conflicts.push({ id, object, code: 'changed_since', detail })
    else if (decision.kind === 'reverted') undone.reverted += 1
  }
}
