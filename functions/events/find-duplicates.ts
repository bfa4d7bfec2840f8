import { consumeRecords, oneByOne } from '#functions/edge/consumer.ts'
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

async function refresh(ids: readonly string[], log: Logger): Promise<readonly string[]> {
  const ctx = await eventContext('find-duplicates', log)
  const isMerge = (id: string) => prefixOf(id) === merge.prefix
  const records = ids.filter(id => !isMerge(id))
  try {
    await refreshDuplicates(ctx, records)
    return oneByOne(id => flagUndone(ctx, id))(ids.filter(isMerge), log)
  } catch (error) {
    log.warn('Duplicates are brought up to date one by one', { recordIds: records, error })
    return oneByOne(id => (isMerge(id) ? flagUndone(ctx, id) : refreshDuplicates(ctx, [id])))(ids, log)
  }
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
