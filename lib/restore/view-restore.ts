import { plainJson } from '#lib/jobs/plain-json.ts'
import { viewRun } from '#lib/maintenance/view-run.ts'
import { readRestorePlan } from '#lib/restore/restore-files.ts'
import { itemsOf } from '#lib/restore/sum-up.ts'
import type { Files } from '#lib/runtime/files.ts'
import type { StoredRecord } from '#lib/store/items.ts'
import type { JsonObject } from '#schemas/json.ts'

/** A restore as the API shows it: one of chosen records that has ended with what became of each of them. */
export async function viewRestore(files: Files, record: StoredRecord): Promise<JsonObject> {
  const view = viewRun(record)
  const { wanted } = await readRestorePlan(files, record.id)
  if (record.fields['state'] !== 'succeeded' || !('ids' in wanted)) return view
  const items: JsonObject[] = []
  for await (const item of itemsOf(files, record.id)) items.push(plainJson(item))
  return { ...view, items }
}
