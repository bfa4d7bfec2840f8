import { reachableRule } from '#lib/records/load.ts'
import { readHistory } from '#lib/records/operations/read-history.ts'
import type { Context } from '#lib/runtime/context.ts'
import { settingId } from '#lib/settings/setting-id.ts'
import { readRecord } from '#lib/store/read.ts'
import type { JsonObject } from '#schemas/json.ts'
import { setting } from '#schemas/system/setting.ts'

/**
 * Lists the changes of the settings, newest first, section by section; none while everything is as it came.
 * @throws CrmError not_found for a role that may not read the settings, invalid_cursor.
 */
export async function readSettingsHistory(
  ctx: Context,
  page: { limit: number; cursor?: string | undefined },
): Promise<{ items: JsonObject[]; nextCursor?: string }> {
  reachableRule(ctx, setting, 'read')
  if (!(await readRecord(ctx.store, settingId))) return { items: [] }
  return readHistory(ctx, { object: setting, id: settingId, ...page })
}
