import { isDeepStrictEqual } from 'node:util'
import { ScanCommand } from '@aws-sdk/lib-dynamodb'
import type { Change, StoredRecord } from '#lib/store/items.ts'
import { toChange, toRecord } from '#lib/store/read.ts'
import type { JsonObject } from '#schemas/json.ts'
import type { Tables } from '../support/table.ts'
import type { Expected, MadeSet } from './cleanup-made.ts'

/** Everything that a table holds, by key, without what is random in it. */
export type State = { items: Map<string, Record<string, unknown>> }

/** Reads a whole table. */
export async function readState({ records }: Pick<Tables, 'records'>): Promise<State> {
  const items: State['items'] = new Map()
  let ExclusiveStartKey: Record<string, unknown> | undefined
  do {
    const page = await records.client.send(new ScanCommand({ TableName: records.name, ExclusiveStartKey }))
    for (const { writeId: _writeId, requestId: _requestId, ...item } of page.Items ?? [])
      items.set(`${item['pk']} ${item['sk']}`, item)
    ExclusiveStartKey = page.LastEvaluatedKey
  } while (ExclusiveStartKey)
  return { items }
}

/** The records of a state by id, deleted ones too. */
export function recordsIn({ items }: State): Map<string, StoredRecord> {
  const records = new Map<string, StoredRecord>()
  for (const item of items.values())
    if (item['sk'] === 'A' && String(item['pk']).startsWith('R#')) records.set(String(item['id']), toRecord(item))
  return records
}

/** The changes that cleanups have made, by record. */
export function cleanupChanges({ items }: State): Map<string, Change[]> {
  const changes = new Map<string, Change[]>()
  for (const item of items.values()) {
    if (!String(item['sk']).startsWith('V#') || !String(item['source']).startsWith('cleanup/')) continue
    const change = toChange(item)
    changes.set(change.id, [...(changes.get(change.id) ?? []), change])
  }
  return changes
}

/** Every item that only one of two states has, or that differs; those of the runs themselves aside. */
export function stateDifferences(before: State, after: State): string[] {
  const wrong: string[] = []
  for (const [key, item] of before.items) {
    if (isOfRun(item)) continue
    const other = after.items.get(key)
    if (!other) wrong.push(`${key} is missing`)
    else if (!isDeepStrictEqual(item, other)) wrong.push(`${key} differs in ${differingParts(item, other).join(', ')}`)
  }
  for (const [key, item] of after.items) if (!before.items.has(key) && !isOfRun(item)) wrong.push(`${key} is too many`)
  return wrong
}

/** Made records whose fields are not as they should be. */
export function fieldDifferences(
  made: MadeSet,
  records: ReadonlyMap<string, StoredRecord>,
  fieldsOf: (made: StoredRecord, expected: Expected) => JsonObject,
): string[] {
  return made.records.flatMap(record => {
    const expected = made.truth.get(record.id)
    if (!expected || expected.bin === 'purged') return []
    const stored = records.get(record.id)
    if (!stored) return [`${record.id} (${expected.dirt}) is gone`]
    const parts = differingParts(comparable(fieldsOf(record, expected)), comparable(stored.fields))
    return parts.map(
      part =>
        `${record.id} (${expected.dirt}) ${part}: ${JSON.stringify(stored.fields[part])} is not ${JSON.stringify(fieldsOf(record, expected)[part])}`,
    )
  })
}

/** Of entries, what they reach: a fix may add what was entered and a status. */
function comparable(fields: JsonObject): JsonObject {
  const entries = (list: unknown) =>
    Array.isArray(list) ? list.map(({ value, extension = '', primary }) => ({ value, extension, primary })) : []
  return { ...fields, emails: entries(fields['emails']), phones: entries(fields['phones']) }
}

function differingParts(a: object, b: object): string[] {
  const [left, right] = [new Map(Object.entries(a)), new Map(Object.entries(b))]
  return [...new Set([...left.keys(), ...right.keys()])].filter(
    name => !isDeepStrictEqual(left.get(name), right.get(name)),
  )
}

function isOfRun({ object, pk }: Record<string, unknown>): boolean {
  return object === 'run' || String(pk).startsWith('R#run_')
}
