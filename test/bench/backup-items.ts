import { compileObject } from '#lib/records/compile.ts'
import { loadMatchKeys } from '#lib/records/load-match-keys.ts'
import { indexKeys, keyChanges } from '#lib/records/record-keys.ts'
import { derivedId } from '#lib/runtime/ids.ts'
import type { StoredRecord } from '#lib/store/items.ts'
import { writeSteps } from '#lib/store/write.ts'
import type { JsonObject } from '#schemas/json.ts'
import { activity } from '#schemas/objects/activity.ts'
import { customer } from '#schemas/objects/customer.ts'
import { createCustomers } from './customers.ts'
import { createRandom, type Random } from './random.ts'

await loadMatchKeys()

/** An item as the store hands it to the SDK. */
type Item = Record<string, unknown>

/** Only these two settings shape what is stored; the tenant `local` has them so. */
const settings = { phoneRegion: 'CN', currency: 'CNY' }
const objects = { customer: compileObject(customer, settings), activity: compileObject(activity, settings) }
const ownerIds = ['user_01hzzzzzzzzzzzzzzzzzzzzzz1', 'user_01hzzzzzzzzzzzzzzzzzzzzzz2']
const activitiesPerCustomer = 4
const stepMs = 20

/** All items of customers with four activities each, as the API stores them: record, history, unique values and match keys. */
export function* backupItems({ customers, seed }: { customers: number; seed: number }): Generator<Item> {
  const random = createRandom(seed)
  const made = createCustomers(seed, ownerIds)
  const begun = Date.parse('2026-01-01T00:00:00Z')
  for (let number = 0; number < customers; number++) {
    const at = (part: number) => new Date(begun + (number * (activitiesPerCustomer + 1) + part) * stepMs)
    const { phones, ...fields } = made.next()
    const entries = phones.map(phone => ({
      ...phone,
      value: `+86${phone.value}`,
      entered: phone.value,
      status: 'unverified',
    }))
    const record = recordOf('customer', { ...fields, phones: entries }, { at: at(0), seed: `${seed}/${number}` })
    yield* itemsOf(record)
    for (let part = 1; part <= activitiesPerCustomer; part++) {
      const about = activityFields(random, { customerId: record.id, at: at(part), number })
      yield* itemsOf(recordOf('activity', about, { at: at(part), seed: `${seed}/${number}/${part}` }))
    }
  }
}

function activityFields(
  random: Random,
  { customerId, at, number }: { customerId: string; at: Date; number: number },
): JsonObject {
  const type = random.pick(['call', 'email', 'meeting', 'visit', 'note'])
  return {
    type,
    subject: `${type} 跟进 ${number}: ${random.pick(['报价', '合同', '样品', '回访', '投诉处理'])}`,
    customerId,
    status: 'done',
    occurredAt: at.toISOString(),
    durationMinutes: random.below(90) + 5,
    outcome: random.pick([
      '客户表示满意，下周再联系。',
      '需要补充技术资料。',
      'Asked for a lower price.',
      '已转交售后。',
    ]),
    body: `${random.pick(['电话', '拜访', '邮件'])}沟通记录：${String(random.below(1_000_000_000)).repeat(12)}`,
    assigneeId: random.pick(ownerIds),
  }
}

function recordOf(object: keyof typeof objects, fields: JsonObject, made: { at: Date; seed: string }): StoredRecord {
  const id = derivedId(objects[object].definition.prefix, made)
  const time = made.at.toISOString()
  const by = ownerIds[0] ?? ''
  return { id, object, version: 1, fields, createdAt: time, createdBy: by, updatedAt: time, updatedBy: by }
}

function itemsOf(record: StoredRecord): Item[] {
  const { id, object: name, fields, createdAt: at, createdBy: actorId } = record
  const object = name === 'customer' ? objects.customer : objects.activity
  const changes = Object.fromEntries(Object.entries(fields).map(([field, value]) => [field, { new: value }]))
  const about = { requestId: 'bench', source: 'import/bench', writeId: `bench ${id}` }
  const change = { id, object: name, version: 1, action: 'created', at, actorId, ...about, changes } as const
  const keys = keyChanges(object, undefined, record)
  const steps = writeSteps('Records', [{ record, change, index: indexKeys(object, record, 1), keys, operation: 0 }])
  return steps.flatMap(({ item }) => item.Put?.Item ?? [])
}
