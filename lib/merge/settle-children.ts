import { isDeepStrictEqual } from 'node:util'
import { CrmError } from '#lib/errors.ts'
import { linksOf, readChildIds } from '#lib/merge/children.ts'
import { type MergeState, readMerge } from '#lib/merge/merge-state.ts'
import { type Move, moveChildren, returnChildren } from '#lib/merge/move-children.ts'
import { compileObject } from '#lib/records/compile.ts'
import { nextVersion } from '#lib/records/next-state.ts'
import type { Plan } from '#lib/records/plan.ts'
import { writeRecord } from '#lib/records/write.ts'
import type { Context } from '#lib/runtime/context.ts'
import { type MovedChild, readMoved } from '#lib/store/merge-items.ts'
import { merge as mergeObject } from '#schemas/system/merge.ts'

/** What became of the records that hung on absorbed ones; `pending`: more are moved in the background. */
export type Settled = {
  moved: number
  pending: boolean
  /** After an undo: those that somebody had moved on since, and that so stay where they are. */
  stayed?: { object: string; id: string }[]
}

/** 16 children of up to six items each fit into a transaction with the check of the merge. */
const chunk = 16

/**
 * Moves what hangs on absorbed records to their survivor, or back once the merge is undone. Safe to repeat and to
 * interrupt: each step takes the records as they are.
 */
export async function settleChildren(ctx: Context, mergeId: string, { atMost }: { atMost: number }): Promise<Settled> {
  const { idempotency: _own, ...rest } = ctx
  const mover = { ...rest, source: `merge/${mergeId}` }
  try {
    const merge = await readMerge(mover, mergeId)
    if (!merge) return { moved: 0, pending: false }
    const id = (merge.state === 'merged' ? merge.mergedBy : merge.undoneBy) ?? ctx.actor.id
    const named = { ...mover, actor: { ...ctx.actor, id } }
    return await (merge.state === 'merged' ? settleMerged(named, merge, atMost) : settleUndone(named, merge, atMost))
  } catch (error) {
    if (!(error instanceof CrmError)) throw error
    // The merge itself is done; the event that told of it sees to the rest.
    ctx.log.warn('Children of a merge wait', { mergeId, error })
    return { moved: 0, pending: true }
  }
}

async function settleMerged(ctx: Context, merge: MergeState, atMost: number): Promise<Settled> {
  let moved = 0
  for (const link of linksOf(ctx.objects, merge.object))
    for (const { id: from } of merge.absorbed) {
      const move: Move = { link, from }
      let after: string | undefined
      do {
        const { ids, next } = await readChildIds(ctx, link, from, { limit: chunk, after })
        moved += ids.length === 0 ? 0 : await moveChildren(ctx, merge, move, ids)
        after = next
        if (moved >= atMost && next !== undefined) return { moved, pending: true }
      } while (after !== undefined)
    }
  const children = await allMoved(ctx, merge.id)
  await note(ctx, merge, 'merged', { childrenState: 'settled', childrenMoved: children.length })
  return { moved, pending: false }
}

async function settleUndone(ctx: Context, merge: MergeState, atMost: number): Promise<Settled> {
  let moved = 0
  for (let after: string | undefined; ; ) {
    const { children, next } = await readMoved(ctx.store, merge.id, { limit: chunk, after })
    const waiting = children.filter(child => !child.stayed)
    moved += waiting.length === 0 ? 0 : await returnChildren(ctx, merge, waiting)
    after = next
    if (after === undefined) break
    if (moved >= atMost) return { moved, pending: true }
  }
  const stayed = (await allMoved(ctx, merge.id)).map(({ object, id }) => ({ object, id }))
  await note(ctx, merge, 'undone', { childrenState: 'settled', ...(stayed.length > 0 && { stayed }) })
  return { moved, pending: false, stayed }
}

async function allMoved(ctx: Context, mergeId: string): Promise<MovedChild[]> {
  const all: MovedChild[] = []
  for (let after: string | undefined; ; ) {
    const { children, next } = await readMoved(ctx.store, mergeId, { limit: 500, after })
    all.push(...children)
    if (next === undefined) return all
    after = next
  }
}

/** Notes with the merge how far its children are, unless it was undone meanwhile or says so already. */
async function note(ctx: Context, merge: MergeState, state: MergeState['state'], news: object): Promise<void> {
  await writeRecord(
    ctx,
    async (): Promise<Plan> => {
      const now = (await readMerge(ctx, merge.id)) ?? merge
      const { record: before } = now
      const object = compileObject(mergeObject, ctx.tenant)
      const isToldAlready =
        now.state !== state ||
        Object.entries(news).every(([name, value]) => isDeepStrictEqual(before.fields[name], value))
      if (isToldAlready) return { object, before, after: before, action: 'unchanged' }
      return { object, before, after: nextVersion(ctx, before, { ...before.fields, ...news }), action: 'updated' }
    },
    {},
  )
}
