import type { Actor } from '#lib/permissions/actor.ts'
import { allows, fieldAccess, recordRule } from '#lib/permissions/rules.ts'
import { textOf } from '#lib/records/owner-of.ts'
import type { Context } from '#lib/runtime/context.ts'
import { prefixOf } from '#lib/runtime/ids.ts'
import { readRecord } from '#lib/store/read.ts'

/** What a record is called, for somebody who may see it and its name; undefined for anybody else. */
export async function titleFor(ctx: Context, actor: Actor, id: string): Promise<string | undefined> {
  const object = ctx.objects.byPrefix.get(prefixOf(id))
  const record = object && (await readRecord(ctx.store, id))
  if (!record || record.deletedAt !== undefined || !allows(recordRule(actor, object, 'read'), record)) return undefined
  const isSeen = ['editable', 'readOnly'].includes(fieldAccess(actor, object.name, object.titleField))
  return isSeen ? textOf(record.fields[object.titleField]) : undefined
}
