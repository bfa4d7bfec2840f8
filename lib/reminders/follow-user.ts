import { renewReminder } from '#lib/reminders/renew-reminder.ts'
import type { Context } from '#lib/runtime/context.ts'
import { inParallel } from '#lib/runtime/in-parallel.ts'
import { ownerPartition } from '#lib/store/keys.ts'
import { readRows } from '#lib/store/query.ts'
import { toRecord } from '#lib/store/read.ts'

/** 8 at a time: each is a read and mostly no write. */
const parallel = 8

/** Works out anew the reminders of a user who lives by other clocks now: those that name no zone of their own. */
export async function followUser(ctx: Context, userId: string): Promise<void> {
  const partition = { index: 'byOwner', pk: ownerPartition(userId, 'reminder') } as const
  // Gathered first: each that is written moves to the end of what is being read.
  const found = []
  for await (const { item } of readRows(ctx.store, partition, { batch: 500 })) {
    const record = toRecord(item)
    if (record.fields['timeZone'] === undefined && record.fields['nextAt'] !== undefined) found.push(record)
  }
  await inParallel(found, parallel, async record => {
    await renewReminder(ctx, record)
  })
}
