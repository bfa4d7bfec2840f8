import { linksTo } from '#lib/records/partitions.ts'
import { isVerifiable } from '#lib/refresh/is-stale.ts'
import type { Context } from '#lib/runtime/context.ts'
import { prefixOf } from '#lib/runtime/ids.ts'
import type { StoredRecord } from '#lib/store/items.ts'
import { readUniqueHolders } from '#lib/store/read.ts'
import type { ObjectDefinition } from '#schemas/definition.ts'
import { activity } from '#schemas/objects/activity.ts'

/** The field of a task that names records of an object; undefined where tasks cannot be about them, or nobody verifies them. */
export function taskLink(object: ObjectDefinition): string | undefined {
  return isVerifiable(object) ? linkName(object) : undefined
}

/** The field of an activity that names records of an object. */
export function linkName(object: ObjectDefinition): string | undefined {
  return linksTo(activity, object.name)[0]?.[0]
}

/** The record that a task is about, as it is named now: after a merge it is the survivor. */
export function targetOf(
  { objects }: Pick<Context, 'objects'>,
  { fields }: Pick<StoredRecord, 'fields'>,
): { object: ObjectDefinition; id: string } | undefined {
  for (const [name, field] of Object.entries(activity.fields)) {
    const id = fields[name]
    if (field.type !== 'reference' || typeof id !== 'string' || !(field.parent || field.lookup)) continue
    const object = objects.byPrefix.get(prefixOf(id))
    if (object && isVerifiable(object)) return { object, id }
  }
  return undefined
}

/** Ids of the open verification tasks of records, in the order of the records. */
export function readOpenTasks(
  { store }: Pick<Context, 'store'>,
  recordIds: readonly string[],
): Promise<(string | undefined)[]> {
  return readUniqueHolders(
    store,
    activity.name,
    recordIds.map(value => ({ field: 'verifies', value })),
  )
}
