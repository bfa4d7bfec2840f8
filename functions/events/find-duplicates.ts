import { consumeRecords } from '#functions/edge/consumer.ts'
import { eventContext } from '#functions/events/event-context.ts'
import { flagUndone } from '#lib/duplicate-groups/flag-undone.ts'
import { refreshDuplicates } from '#lib/duplicate-groups/refresh-duplicates.ts'
import { prefixOf } from '#lib/runtime/ids.ts'
import type { Logger } from '#lib/runtime/logger.ts'
import type { ObjectDefinition } from '#schemas/definition.ts'
import type { RecordEvent } from '#schemas/events/record-changed.ts'
import { standardObjects } from '#schemas/registry.ts'
import { merge } from '#schemas/system/merge.ts'

/** Keeps the groups of likely duplicates in step with changed records and with merges that are undone. */
export const handler = consumeRecords(refresh, concernsDuplicates)

async function refresh(ids: readonly string[], log: Logger): Promise<string[]> {
  const ctx = eventContext('find-duplicates', log)
  const failed: string[] = []
  for (const id of ids) {
    try {
      await (prefixOf(id) === merge.prefix ? flagUndone(ctx, id) : refreshDuplicates(ctx, [id]))
    } catch (error) {
      log.error('Duplicates could not be brought up to date', { recordId: id, error })
      failed.push(id)
    }
  }
  return failed
}

/** A change of fields that no comparison looks at changes no duplicates. */
function concernsDuplicates({ 'detail-type': type, detail }: RecordEvent): boolean {
  const fields = standardObjects.byName.get(detail.object)?.fields ?? {}
  return type !== 'RecordUpdated' || !comparable(fields) || detail.changedFields.some(name => fields[name]?.matchOn)
}

/** Merges are compared with nothing: that one is undone is told by a field of its own. */
function comparable(fields: ObjectDefinition['fields']): boolean {
  return Object.values(fields).some(({ matchOn }) => matchOn)
}
