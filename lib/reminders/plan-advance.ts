import { deriveNext } from '#lib/occurrences/derive-next.ts'
import { compileObject } from '#lib/records/compile.ts'
import { nextVersion } from '#lib/records/next-state.ts'
import { textOf } from '#lib/records/owner-of.ts'
import type { Plan } from '#lib/records/plan.ts'
import type { Context } from '#lib/runtime/context.ts'
import { localOf, wallOf } from '#lib/runtime/zoned-time.ts'
import type { StoredRecord } from '#lib/store/items.ts'
import type { JsonObject } from '#schemas/json.ts'
import { reminder } from '#schemas/system/reminder.ts'

const leftNote = 'The assignee has left, so nobody was told. Name somebody else as assigneeId, and a new dueAt.'

/** Plans a reminder's way on from a time that is told: to the next one, or to none. */
export async function planAdvance(
  ctx: Context,
  record: StoredRecord,
  { at, hasLeft }: { at: string; hasLeft: boolean },
): Promise<Plan> {
  const { nextAt: _told, snoozedUntil, ...fields } = record.fields
  const told = {
    ...fields,
    ...(snoozedUntil !== undefined && { state: 'open' }),
    lastOccurrence: lastOccurrence(record.fields, at),
    lastFiredAt: ctx.clock.now().toISOString(),
  }
  // As if it had not waited: of times that are over for more than a day, this one stands for all.
  const next = await deriveNext(ctx, { before: fields, fields: told })
  const after = nextVersion(ctx, record, hasLeft ? { ...withoutNext(next), note: leftNote } : next)
  return { object: compileObject(reminder, ctx.tenant), before: record, after, action: 'updated' }
}

/** What was due while it was snoozed is told with the end of the snooze. */
function lastOccurrence(fields: JsonObject, at: string): string {
  const local = textOf(fields['occurrence']) ?? localOf(wallOf(Date.parse(at), String(fields['zone'])))
  const before = textOf(fields['lastOccurrence'])
  return before !== undefined && before > local ? before : local
}

function withoutNext({ nextAt: _at, occurrence: _local, ...fields }: JsonObject): JsonObject {
  return fields
}
