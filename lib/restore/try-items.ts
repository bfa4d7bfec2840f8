import { isRefusal } from '#lib/errors.ts'
import { writeRecord } from '#lib/records/write.ts'
import { inConflict, inRecycleBin, isToDo, type RestoreWork, restoringPlan } from '#lib/restore/restore-write.ts'
import type { Context } from '#lib/runtime/context.ts'
import { inParallel } from '#lib/runtime/in-parallel.ts'
import { readRecords } from '#lib/store/read.ts'
import type { RestoreItem } from '#schemas/api/restores.ts'

/** 8 records are checked at a time. */
const parallel = 8

/** What restoring these items would come to, all that a write checks being checked; nothing is written. */
export async function tryItems(
  ctx: Context,
  { plan, past }: RestoreWork,
  items: readonly RestoreItem[],
): Promise<RestoreItem[]> {
  const todo = items.filter(isToDo)
  const now = await readRecords(
    ctx.store,
    todo.map(({ id }) => id),
  )
  const refused = new Map<string, RestoreItem>()
  await inParallel(todo, parallel, async item => {
    const then = past.get(item.id)
    const live = then && (now.get(item.id) ?? inRecycleBin(then))
    if (!then || !live) return
    try {
      const planned = restoringPlan(ctx, { plan, item, past: then, live })
      await writeRecord(ctx, async () => planned, { dryRun: true })
    } catch (error) {
      if (!isRefusal(error)) throw error
      refused.set(item.id, inConflict(item, error))
    }
  })
  return items.map(item => refused.get(item.id) ?? item)
}
