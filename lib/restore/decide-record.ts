import { diffFields } from '#lib/records/diff.ts'
import { viewValue } from '#lib/records/view.ts'
import type { PastRecord } from '#lib/restore/read-partition.ts'
import type { Context } from '#lib/runtime/context.ts'
import type { Change, StoredRecord } from '#lib/store/items.ts'
import type { RestoreItem } from '#schemas/api/restores.ts'
import type { ObjectDefinition } from '#schemas/definition.ts'
import type { Json } from '#schemas/json.ts'

type Found = { past: PastRecord; live: StoredRecord | undefined }

/** What restoring a record comes to: its fields as they are and as they were, and what stands in the way. */
export function decideRecord(ctx: Context, object: ObjectDefinition, { past, live }: Found): RestoreItem {
  const { id } = past.record
  const changes = diffFields(live?.fields ?? {}, past.record.fields)
  const item = { id, object: object.name, version: live?.version ?? 0, changes: viewChanges(ctx, object, changes) }
  if (live?.mergedInto !== undefined) {
    const detail = `${id} was merged into ${live.mergedInto} since the backup. Undo that merge to have it back.`
    return { ...item, action: 'conflict', problem: { code: 'merge_conflict', detail } }
  }
  if (!live) return { ...item, action: 'created' }
  if (live.deletedAt !== undefined) return { ...item, action: 'undeleted' }
  return { ...item, action: Object.keys(changes).length === 0 ? 'unchanged' : 'changed' }
}

/** A record that was asked for by its id, and that the backup cannot give back. */
export function notInBackup(id: string, object: string, past: PastRecord | undefined): RestoreItem {
  const [code, detail] = past
    ? ['deleted_in_backup', `${id} was in the recycle bin already when the backup was made. Use an older one.`]
    : ['not_in_backup', `${id} is not in this backup: it came later, or had been deleted for good. Use another one.`]
  return { id, object, action: 'conflict', version: 0, changes: {}, problem: { code, detail } }
}

function viewChanges(ctx: Context, object: ObjectDefinition, changes: Change['changes']): RestoreItem['changes'] {
  const side = (name: string, value: Json | undefined) => {
    const definition = Object.hasOwn(object.fields, name) ? object.fields[name] : undefined
    return definition && value !== undefined ? (viewValue(ctx, object, { name, definition, value }) ?? null) : null
  }
  const seen = Object.entries(changes).map(([name, { old, new: fresh }]) => {
    return [name, { old: side(name, old), new: side(name, fresh) }] as const
  })
  return Object.fromEntries(seen)
}
