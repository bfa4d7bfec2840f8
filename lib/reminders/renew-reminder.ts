import { deriveNext } from '#lib/occurrences/derive-next.ts'
import { compileObject } from '#lib/records/compile.ts'
import { diffFields } from '#lib/records/diff.ts'
import { nextVersion } from '#lib/records/next-state.ts'
import { writeRecord } from '#lib/records/write.ts'
import type { Context } from '#lib/runtime/context.ts'
import type { StoredRecord } from '#lib/store/items.ts'
import { readRecord } from '#lib/store/read.ts'
import { reminder } from '#schemas/system/reminder.ts'

/**
 * Works out anew when a reminder is told, where that is no longer what it says: its assignee's zone has changed, or it came
 * back from the recycle bin.
 * @returns the reminder as it is now; undefined when nothing had to be changed.
 */
export async function renewReminder(ctx: Context, record: StoredRecord): Promise<StoredRecord | undefined> {
  if (record.object !== 'reminder' || record.deletedAt !== undefined) return undefined
  let latest: StoredRecord | undefined
  const plan = async () => {
    const before = (await readRecord(ctx.store, record.id)) ?? record
    const fields = await deriveNext(ctx, { before: before.fields, fields: before.fields })
    const isSame = before.deletedAt !== undefined || Object.keys(diffFields(before.fields, fields)).length === 0
    latest = isSame ? undefined : nextVersion(ctx, before, fields)
    const action = isSame ? 'unchanged' : 'updated'
    return { object: compileObject(reminder, ctx.tenant), before, after: latest ?? before, action } as const
  }
  await writeRecord(ctx, plan, {})
  return latest
}
