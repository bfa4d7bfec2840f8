import { dateHit } from '#lib/follow-ups/date-hit.ts'
import { followUpPlan, type Hit } from '#lib/follow-ups/follow-up-plan.ts'
import { type Owners, openOwners } from '#lib/follow-ups/owners.ts'
import { silenceHit } from '#lib/follow-ups/silence-hit.ts'
import { compileFilter } from '#lib/records/filter/compile-filter.ts'
import { textOf } from '#lib/records/owner-of.ts'
import { writeRecord } from '#lib/records/write.ts'
import type { Context } from '#lib/runtime/context.ts'
import { policyOf } from '#lib/settings/policy.ts'
import type { StoredRecord } from '#lib/store/items.ts'
import { objectPartition } from '#lib/store/keys.ts'
import { readRows } from '#lib/store/query.ts'
import { toRecord } from '#lib/store/read.ts'
import type { ObjectDefinition } from '#schemas/definition.ts'

/** What a look at the rules came to: records looked at, rules that held, and reminders that were not there yet. */
export type FollowedUp = { looked: number; hits: number; made: number }

/** A rule ready to run; undefined where it has nothing to say of a record. */
type Rule = (record: StoredRecord) => Promise<Hit | undefined>

/** 500 records at a time. */
const batch = 500

/**
 * Makes reminders by the tenant's rules, for the owners of the records: each silence and each date is reminded of once, so
 * it may run again at any point. Every record of an object is read once, however many rules there are.
 */
export async function runFollowUps(ctx: Context): Promise<FollowedUp> {
  const done: FollowedUp = { looked: 0, hits: 0, made: 0 }
  const { enabled } = policyOf(ctx).followUps
  if (!enabled) return done
  const owners = await openOwners(ctx)
  for (const [object, rules] of await rulesByObject(ctx, owners))
    for (let shard = 0; shard < ctx.tenant.listShards; shard++) {
      const partition = { index: 'byObject', pk: objectPartition(object.name, shard, 'all') } as const
      for await (const { item } of readRows(ctx.store, partition, { batch }))
        await followUp(ctx, { object, rules, done }, toRecord(item))
    }
  return done
}

type Work = { object: ObjectDefinition; rules: readonly Rule[]; done: FollowedUp }

async function followUp(ctx: Context, { rules, done }: Work, record: StoredRecord): Promise<void> {
  done.looked += 1
  for (const rule of rules) {
    const hit = await rule(record)
    if (!hit) continue
    done.hits += 1
    const { outcome } = await writeRecord(ctx, () => followUpPlan(ctx, record, hit), {})
    if (outcome === 'created') done.made += 1
  }
}

async function rulesByObject(ctx: Context, owners: Owners): Promise<Map<ObjectDefinition, Rule[]>> {
  const { rules, dates } = policyOf(ctx).followUps
  const byObject = new Map<ObjectDefinition, Rule[]>()
  const add = async (
    { object: name, condition }: { object: string; condition?: string | undefined },
    find: (record: StoredRecord, object: ObjectDefinition) => Promise<Hit | undefined>,
  ) => {
    const object = ctx.objects.byName.get(name)
    if (!object) return
    const filter = condition === undefined ? undefined : await compileFilter(ctx, object, condition)
    const isOwned = (record: StoredRecord) => owners.of(textOf(record.fields[object.ownerField ?? '']))
    const rule: Rule = async record =>
      isOwned(record) && (filter?.test(record) ?? true) ? find(record, object) : undefined
    byObject.set(object, [...(byObject.get(object) ?? []), rule])
  }
  for (const [name, rule] of Object.entries(rules))
    await add(rule, (record, object) => silenceHit(ctx, { name, rule, object, owners }, record))
  for (const [name, rule] of Object.entries(dates))
    await add(rule, async (record, object) => dateHit(ctx, { name, rule, object, owners }, record))
  return byObject
}
