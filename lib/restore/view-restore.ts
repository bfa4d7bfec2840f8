import { viewRun } from '#lib/maintenance/view-run.ts'
import { readRestorePlan } from '#lib/restore/restore-files.ts'
import { itemsOf } from '#lib/restore/sum-up.ts'
import type { Files } from '#lib/runtime/files.ts'
import type { StoredRecord } from '#lib/store/items.ts'
import type { RestoreItem } from '#schemas/api/restores.ts'
import type { JsonObject } from '#schemas/json.ts'

/** A restore as the API shows it: one of chosen records that has ended with what became of each of them. */
export async function viewRestore(files: Files, record: StoredRecord): Promise<JsonObject & { items?: RestoreItem[] }> {
  const view = viewRun(record)
  const { wanted } = await readRestorePlan(files, record.id)
  if (record.fields['state'] !== 'succeeded' || !('ids' in wanted)) return view
  const items: RestoreItem[] = []
  for await (const item of itemsOf(files, record.id)) items.push(item)
  return { ...view, items }
}
