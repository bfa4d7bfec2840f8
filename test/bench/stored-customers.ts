import { randomUUID } from 'node:crypto'
import { compileObject } from '#lib/records/compile.ts'
import { loadMatchKeys } from '#lib/records/load-match-keys.ts'
import { indexKeys, keyChanges } from '#lib/records/record-keys.ts'
import { typeIds } from '#lib/runtime/ids.ts'
import type { Change, StoredRecord } from '#lib/store/items.ts'
import { changeKey, recordKey } from '#lib/store/keys.ts'
import { toChange, toRecord } from '#lib/store/read.ts'
import type { Step } from '#lib/store/transaction.ts'
import { writeSteps } from '#lib/store/write.ts'
import { isJsonObject, type Json, type JsonObject } from '#schemas/json.ts'
import { customer } from '#schemas/objects/customer.ts'
import { tenantSettings } from '#schemas/tenant.ts'
import type { CustomerInput } from './customers.ts'
import { type Engine, readItem } from './engine-client.ts'
import type { Random } from './random.ts'

await loadMatchKeys()

/** Items as the API stores them, for the engine's side of a comparison: made by the API's own rules, sent by a bare client. */
export type StoredCustomers = {
  /** The steps that create one more customer like one that the API has made. */
  create(): Step[]
  /** The steps that change a customer that was just read. */
  update(item: Record<string, unknown>, fields: Record<string, string>): Step[]
}

type Template = { record: StoredRecord; change: Change }

/** 200 customers are the patterns for what the engine's side creates. */
const templateCount = 200

/** Only these two settings shape what is stored; the tenant `local` has them so. */
const settings = tenantSettings
  .pick({ phoneRegion: true, currency: true })
  .parse({ phoneRegion: 'CN', currency: 'CNY' })
const listShards = 1

/** Reads customers that were created through the API, as patterns. */
export async function readStoredCustomers(
  engine: Engine,
  ids: readonly string[],
  { random, customers }: { random: Random; customers: { next(): CustomerInput } },
): Promise<StoredCustomers> {
  const templates: Template[] = []
  for (const id of ids.slice(0, templateCount))
    templates.push({
      record: toRecord(await readItem(engine, recordKey(id))),
      change: toChange(await readItem(engine, changeKey(id, 1))),
    })
  return {
    create: () => createSteps(engine.table, random.pick(templates), customers.next()),
    update: (item, fields) => updateSteps(engine.table, { item, fields, like: random.pick(templates).change }),
  }
}

/** As the template is stored (and perhaps changed since), but new, and with the values that tell customers apart: copies would all be duplicates of each other. */
function createSteps(
  table: string,
  { record, change }: Template,
  { name, taxId, phones, address }: CustomerInput,
): Step[] {
  const id = typeIds.next(customer.prefix)
  const at = new Date().toISOString()
  const stored = record.fields['phones']
  const own = {
    name,
    taxId,
    address,
    phones: phones.map((phone, i) => ({ ...entryOf(stored, i), ...phone, value: `+86${phone.value}` })),
  }
  const after = { ...record, id, version: 1, fields: { ...record.fields, ...own }, createdAt: at, updatedAt: at }
  const set = Object.entries(own).map(([field, value]) => [field, { new: value }])
  const changes = { ...change.changes, ...Object.fromEntries(set) }
  return steps(table, undefined, { record: after, change: { ...change, id, at, writeId: randomUUID(), changes } })
}

function entryOf(list: Json | undefined, i: number): JsonObject {
  const entry = Array.isArray(list) ? list[i] : undefined
  return isJsonObject(entry) ? entry : {}
}

function updateSteps(
  table: string,
  { item, fields, like }: { item: Record<string, unknown>; fields: Record<string, string>; like: Change },
): Step[] {
  const before = toRecord(item)
  const version = before.version + 1
  const at = new Date().toISOString()
  const record = { ...before, version, updatedAt: at, fields: { ...before.fields, ...fields } }
  const changes = Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, { old: before.fields[name] ?? '', new: value }]),
  )
  const change: Change = { ...like, id: before.id, version, at, action: 'updated', writeId: randomUUID(), changes }
  return steps(table, before, { record, change })
}

function steps(table: string, before: StoredRecord | undefined, { record, change }: Template): Step[] {
  const object = compileObject(customer, settings)
  const keys = keyChanges(object, before, record)
  const index = indexKeys(object, record, listShards)
  return writeSteps(table, [{ record, change, index, keys, operation: 0 }])
}
