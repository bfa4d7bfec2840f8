import { CrmError } from '#lib/errors.ts'
import { linksOf } from '#lib/merge/children.ts'
import { readMerge } from '#lib/merge/merge-state.ts'
import { moveChildren } from '#lib/merge/move-children.ts'
import type { Context } from '#lib/runtime/context.ts'
import type { StoredRecord } from '#lib/store/items.ts'
import { readChange, readRecords } from '#lib/store/read.ts'

/** A record that names one which was absorbed. */
type Stray = { child: StoredRecord; field: string; parent: StoredRecord }

/**
 * Moves records that name an absorbed record to its survivor: those that were written while the merge was, or came out of the
 * recycle bin after it. Safe to repeat.
 * @param ids up to 100 records that changed.
 * @returns those that could not be moved now.
 */
export async function followSurvivors(ctx: Context, ids: readonly string[]): Promise<string[]> {
  if (ids.length === 0) return []
  const children = [...(await readRecords(ctx.store, ids)).values()].filter(({ deletedAt }) => deletedAt === undefined)
  const failed: string[] = []
  for (const stray of await straysAmong(ctx, children)) {
    try {
      await follow(ctx, stray)
    } catch (error) {
      if (!(error instanceof CrmError)) throw error
      ctx.log.warn('A child of an absorbed record waits', { recordId: stray.child.id, error })
      failed.push(stray.child.id)
    }
  }
  return failed
}

async function straysAmong(ctx: Context, children: readonly StoredRecord[]): Promise<Stray[]> {
  const named = children.flatMap(child =>
    parentFields(ctx, child).flatMap(field => {
      const id = child.fields[field]
      return typeof id === 'string' ? [{ child, field, id }] : []
    }),
  )
  const parents = await readRecords(
    ctx.store,
    named.map(({ id }) => id),
  )
  return named.flatMap(({ child, field, id }) => {
    const parent = parents.get(id)
    return parent?.mergedInto === undefined ? [] : [{ child, field, parent }]
  })
}

function parentFields({ objects }: Context, child: StoredRecord): string[] {
  const links = objects.all.filter(object => !object.system).flatMap(object => linksOf(objects, object))
  return links.filter(link => link.child.name === child.object).map(({ field }) => field)
}

async function follow(ctx: Context, { child, field, parent }: Stray): Promise<void> {
  const change = await readChange(ctx.store, parent.id, parent.version)
  const merge = change?.merge && (await readMerge(ctx, change.merge.id))
  const definition = ctx.objects.byName.get(child.object)
  if (!merge || !definition) return
  const mover = { ...ctx, source: `merge/${merge.id}` }
  await moveChildren(mover, merge, { link: { child: definition, field }, from: parent.id }, [child.id])
}
