import { isRefusal } from '#lib/errors.ts'
import type { Actor } from '#lib/permissions/actor.ts'
import { planRemove } from '#lib/records/operations/remove-record.ts'
import { planRevert } from '#lib/records/operations/revert-record.ts'
import { type BulkWrite, writeMany } from '#lib/records/write-many.ts'
import type { Context } from '#lib/runtime/context.ts'
import { readChangesUntil } from '#lib/store/history.ts'
import type { Change, StoredRecord } from '#lib/store/items.ts'
import { readRecords } from '#lib/store/read.ts'
import type { StartedImport } from '#lib/transfer/imports/import-job.ts'
import type { ObjectDefinition } from '#schemas/definition.ts'

/** A record that a row has made or changed. */
export type Touched = { row: number; id: string }
/** A record that stays as it is, and why. */
export type Conflict = Touched & { code: string; detail: string }
/** What undoing came to. */
export type Undone = { removed: number; reverted: number; conflicts: Conflict[] }

type Decision = Touched &
  (
    | { kind: 'removed' | 'reverted'; write?: BulkWrite }
    | { kind: 'conflict'; code: string; detail: string }
    | { kind: 'nothing' }
  )

/** 50 histories are read at a time. */
const atOnce = 50

/** Deletes records that the import made and gives back the values of those it changed; what was changed since stays. */
export async function undoRecords(given: Context, job: StartedImport, touched: readonly Touched[]): Promise<Undone> {
  const actor = mayUndo(given.actor, job.target)
  const ctx = { ...given, actor, source: undoSource(job) }
  const undone: Undone = { removed: 0, reverted: 0, conflicts: [] }
  for (let at = 0; at < touched.length; at += atOnce) {
    const some = touched.slice(at, at + atOnce)
    const records = await readRecords(
      ctx.store,
      some.map(({ id }) => id),
    )
    const decisions = await Promise.all(some.map(each => decide(ctx, job, each, records.get(each.id))))
    await carryOut(ctx, decisions, undone)
  }
  return undone
}

async function decide(
  ctx: Context,
  job: StartedImport,
  touched: Touched,
  record: StoredRecord | undefined,
): Promise<Decision> {
  if (!record) return { ...touched, kind: 'nothing' }
  const began = job.startedAt.toISOString()
  const changes = await readChangesUntil(ctx.store, record.id, change => change.at < began)
  const ours = changes.filter(({ source }) => source === `import/${job.id}`)
  const first = ours.at(-1)
  if (!first) return { ...touched, kind: 'nothing' }
  const kind = first.version === 1 ? 'removed' : 'reverted'
  if (changes[0]?.source === undoSource(job)) return { ...touched, kind }
  const since = changes.find(change => change.version > first.version && !ours.includes(change))
  if (since && kind === 'removed' && record.deletedAt !== undefined && !record.mergedInto)
    return { ...touched, kind: 'nothing' }
  if (since) return { ...touched, kind: 'conflict', code: 'changed_since', detail: changedSince(since) }
  const request = { object: job.target, id: record.id }
  const replan = () =>
    kind === 'removed'
      ? planRemove(ctx, { ...request, ifVersions: [record.version] })
      : planRevert(ctx, { ...request, ifVersions: [record.version], toVersion: first.version - 1 })
  try {
    return { ...touched, kind, write: { plan: await replan(), replan } }
  } catch (error) {
    return refused(touched, error)
  }
}

async function carryOut(ctx: Context, decisions: readonly Decision[], undone: Undone): Promise<void> {
  const writes = decisions.flatMap(each => ('write' in each && each.write ? [{ each, write: each.write }] : []))
  const outcomes = await writeMany(
    ctx,
    writes.map(({ write }) => write),
  )
  const failed = new Map(
    writes.flatMap(({ each }, i) => {
      const outcome = outcomes[i]
      return outcome && 'error' in outcome ? [[each.id, refused(each, outcome.error)] as const] : []
    }),
  )
  for (const decision of decisions.map(each => failed.get(each.id) ?? each)) {
    const { row, id } = decision
    if (decision.kind === 'removed') undone.removed += 1
    if (decision.kind === 'reverted') undone.reverted += 1
    if (decision.kind === 'conflict') undone.conflicts.push({ row, id, code: decision.code, detail: decision.detail })
  }
}

function refused({ row, id }: Touched, error: unknown): Decision {
  if (!isRefusal(error)) throw error
  return { row, id, kind: 'conflict', code: error.errors[0]?.code ?? error.code, detail: error.message }
}

function changedSince({ version, action, actorId, at }: Change): string {
  return `Version ${version} was ${action} by ${actorId} at ${at}, after the import; undo by hand what you do not want.`
}

/** Undoing one's import is no deletion of other people's work: who may change such records may undo. */
function mayUndo(actor: Actor, { name }: ObjectDefinition): Actor {
  const scopes = actor.role.scopes.get(name) ?? actor.role.scopes.get('*')
  if (scopes?.delete !== 'none') return actor
  const widened = new Map(actor.role.scopes).set(name, { ...scopes, delete: scopes.update })
  return { ...actor, role: { ...actor.role, scopes: widened } }
}

function undoSource({ id }: StartedImport): string {
  return `import/${id}/undo`
}
