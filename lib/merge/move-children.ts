import type { Link } from '#lib/merge/children.ts'
import { type MergeState, readMerge } from '#lib/merge/merge-state.ts'
import { compileObject } from '#lib/records/compile.ts'
import { nextVersion } from '#lib/records/next-state.ts'
import type { Plan } from '#lib/records/plan.ts'
import { writeRecords } from '#lib/records/write.ts'
import type { Context } from '#lib/runtime/context.ts'
import type { StoredRecord } from '#lib/store/items.ts'
import { checkMergeState, forgetMoved, type MovedChild, noteMoved } from '#lib/store/merge-items.ts'
import { readRecords } from '#lib/store/read.ts'
import type { Step } from '#lib/store/transaction.ts'
import type { JsonObject } from '#schemas/json.ts'

/** A way of hanging on an absorbed record. */
export type Move = { link: Link; from: string }

/**
 * Moves records that hang on an absorbed record to its survivor, all or none, and notes with the merge that it did.
 * @returns how many it moved: those that still hang there, as long as the merge stands.
 */
export async function moveChildren(
  ctx: Context,
  merge: MergeState,
  move: Move,
  ids: readonly string[],
): Promise<number> {
  const { link, from } = move
  const written = await writeRecords(
    ctx,
    async () => {
      const now = await readMerge(ctx, merge.id)
      if (now?.state !== 'merged') return []
      const records = await readRecords(ctx.store, ids)
      const children = [...records.values()].filter(child => child.fields[link.field] === from)
      const plans = children.map((child): Plan => {
        const moved = { object: child.object, id: child.id, field: link.field, from }
        const steps = [noteMoved(ctx.store.table.name, merge.id, moved)]
        return movedPlan(ctx, child, { [link.field]: merge.survivorId }, steps)
      })
      return guarded(ctx, merge, plans)
    },
    {},
  )
  return written.length
}

/**
 * Moves children back to the records they came from, all or none. Those that somebody has moved on since stay, and are
 * noted as such.
 * @returns how many it moved.
 */
export async function returnChildren(
  ctx: Context,
  merge: MergeState,
  children: readonly MovedChild[],
): Promise<number> {
  const table = ctx.store.table.name
  const written = await writeRecords(
    ctx,
    async () => {
      const now = await readRecords(
        ctx.store,
        children.map(({ id }) => id),
      )
      const plans = children.map((moved): Plan[] => {
        const child = now.get(moved.id)
        if (!child) return []
        // Another worker has moved it back already.
        if (child.fields[moved.field] === moved.from)
          return [{ ...unchanged(ctx, child), steps: [forgetMoved(table, merge.id, moved)] }]
        if (child.fields[moved.field] !== merge.survivorId)
          return [{ ...unchanged(ctx, child), steps: [noteMoved(table, merge.id, { ...moved, stayed: true })] }]
        const steps = [forgetMoved(table, merge.id, moved)]
        return [movedPlan(ctx, child, { [moved.field]: moved.from }, steps)]
      })
      return oncePerRecord(plans.flat())
    },
    {},
  )
  return written.filter(({ outcome }) => outcome === 'updated').length
}

/** The merge must stand when its children are moved: undoing it meanwhile makes the transaction fail. */
function guarded(ctx: Context, merge: MergeState, plans: Plan[]): Plan[] {
  const [first, ...rest] = plans
  if (!first) return []
  const check = checkMergeState(ctx.store.table.name, merge.id, 'merged')
  return [{ ...first, steps: [...(first.steps ?? []), check] }, ...rest]
}

/** A record that hung on absorbed ones in two ways is written once. */
function oncePerRecord(plans: readonly Plan[]): Plan[] {
  const byId = new Map<string, Plan>()
  for (const plan of plans) {
    const other = byId.get(plan.after.id)
    byId.set(plan.after.id, other ? joined(other, plan) : plan)
  }
  return [...byId.values()]
}

function joined(one: Plan, other: Plan): Plan {
  const steps = [...(one.steps ?? []), ...(other.steps ?? [])]
  if (one.action === 'unchanged') return { ...other, steps }
  if (other.action === 'unchanged') return { ...one, steps }
  const old = one.before?.fields ?? {}
  const changed = Object.entries(other.after.fields).filter(([name, value]) => value !== old[name])
  return { ...one, steps, after: { ...one.after, fields: { ...one.after.fields, ...Object.fromEntries(changed) } } }
}

function movedPlan(ctx: Context, child: StoredRecord, fields: JsonObject, steps: readonly Step[]): Plan {
  const next = nextVersion(ctx, child, { ...child.fields, ...fields })
  const { deletedAt, mergedInto } = child
  const after = {
    ...next,
    ...(deletedAt !== undefined && { deletedAt }),
    ...(mergedInto !== undefined && { mergedInto }),
  }
  return { object: objectOf(ctx, child), before: child, after, action: 'updated', steps }
}

function unchanged(ctx: Context, child: StoredRecord): Plan {
  return { object: objectOf(ctx, child), before: child, after: child, action: 'unchanged' }
}

function objectOf(ctx: Context, { object }: StoredRecord) {
  const definition = ctx.objects.byName.get(object)
  if (!definition) throw new Error(`There is no object ${object}`)
  return compileObject(definition, ctx.tenant)
}
