import { linksTo, listSource } from '#lib/records/partitions.ts'
import type { Context } from '#lib/runtime/context.ts'
import { type Row, readSlice } from '#lib/store/query.ts'
import type { ObjectDefinition } from '#schemas/definition.ts'
import type { ObjectRegistry } from '#schemas/registry.ts'

/** A field by which records of an object hang on records of another. */
export type Link = { child: ObjectDefinition; field: string }

/** Every way in which records hang on records of an object. */
export function linksOf(objects: ObjectRegistry, object: ObjectDefinition): Link[] {
  return objects.all.flatMap(child => linksTo(child, object.name).map(([field]) => ({ child, field })))
}

/** Ids of up to `limit` records that hang on `parentId` by a link, after a position. */
export async function readChildIds(
  ctx: Pick<Context, 'store' | 'actor'>,
  link: Link,
  parentId: string,
  slice: { limit: number; after?: string | undefined },
): Promise<{ ids: string[]; next: string | undefined }> {
  const [partition] = listSource(
    { actor: ctx.actor, object: link.child, rule: true, listShards: 1 },
    { trash: false, owner: undefined, parent: undefined, equalities: new Map([[link.field, parentId]]) },
  ).partitions
  if (!partition) return { ids: [], next: undefined }
  const { rows, isLast } = await readSlice(ctx.store, partition, { ...slice, descending: false })
  return { ids: rows.map(idOf), next: isLast ? undefined : rows.at(-1)?.sort }
}

/** Whether anything hangs on any of these records. */
export async function hasChildren(ctx: Context, object: ObjectDefinition, ids: readonly string[]): Promise<boolean> {
  const asked = linksOf(ctx.objects, object).flatMap(link => ids.map(id => readChildIds(ctx, link, id, { limit: 1 })))
  return (await Promise.all(asked)).some(found => found.ids.length > 0)
}

function idOf({ item }: Row): string {
  return String(item['id'])
}
