import { fieldsOfType } from '#lib/quality/rules/rule.ts'
import { readStandings, type Standing } from '#lib/store/checked.ts'
import type { StoredRecord } from '#lib/store/items.ts'
import type { Store } from '#lib/store/table.ts'
import type { ObjectDefinition } from '#schemas/definition.ts'

/** 200,000 ids are about 20 MB: what many records refer to is looked up once. */
const aliveLimit = 200_000

/**
 * Finds references of records that lead nowhere: to a record that does not exist or is in the recycle bin, or to an owner
 * who may no longer sign in. One that was merged leads on.
 * @param about `alive` remembers ids that were there, from call to call.
 * @returns the fields, by the record's id; records whose references all hold are absent.
 */
export async function missingReferences(
  store: Store,
  { object, alive }: { object: ObjectDefinition; alive: Set<string> },
  records: readonly StoredRecord[],
): Promise<ReadonlyMap<string, string[]>> {
  const fields = [...fieldsOfType(object, 'reference'), ...fieldsOfType(object, 'user')]
  const linksOf = ({ fields: values }: StoredRecord) =>
    fields.flatMap((field): [string, string][] => {
      const target = values[field]
      return typeof target === 'string' && target !== '' ? [[field, target]] : []
    })
  const wanted = new Set(records.flatMap(record => linksOf(record).map(([, target]) => target)))
  const standings = await readStandings(
    store,
    [...wanted].filter(id => !alive.has(id)),
  )
  if (alive.size > aliveLimit) alive.clear()
  for (const [id, standing] of standings) if (standing === 'active') alive.add(id)
  const isGone = (field: string, id: string) => {
    const standing: Standing = alive.has(id) ? 'active' : (standings.get(id) ?? 'gone')
    return standing === 'gone' || (standing === 'disabled' && field === object.ownerField)
  }
  return new Map(
    records.flatMap((record): [string, string[]][] => {
      const gone = linksOf(record).flatMap(([field, id]) => (isGone(field, id) ? [field] : []))
      return gone.length === 0 ? [] : [[record.id, gone]]
    }),
  )
}
