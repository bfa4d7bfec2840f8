import { dateHit } from '#lib/follow-ups/date-hit.ts'
import { followUpPlan, type Hit } from '#lib/follow-ups/follow-up-plan.ts'
import { type Owners, openOwners } from '#lib/follow-ups/owners.ts'
import { silenceHit } from '#lib/follow-ups/silence-hit.ts'
import { compileFilter } from '#lib/records/filter/compile-filter.ts'
import { textOf } from '#lib/records/owner-of.ts'
import { writeRecord } from '#lib/records/write.ts'
import type { Context } from '#lib/runtime/context.ts'
import { inParallel } from '#lib/runtime/in-parallel.ts'
import { policyOf } from '#lib/settings/policy.ts'
import type { StoredRecord } from '#lib/store/items.ts'
import { objectPartition } from '#lib/store/keys.ts'
import { readBatches } from '#lib/store/query.ts'
import { toRecord } from '#lib/store/read.ts'
import type { ObjectDefinition } from '#schemas/definition.ts'

/** What a look at the rules came to: records looked at, rules that held, and reminders that were not there yet. */
export type FollowedUp = { looked: number; hits: number; made: number }

/** A rule ready to run; undefined where it has nothing to say of a record. */
type Rule = (record: StoredRecord) => Promise<Hit | undefined>

/** 500 records are read at a time, and 8 looked at: each waits for its last activity more than it computes. */
const batch = 500
const parallel = 8
/** 100 records that fail are no bad luck: whatever is behind it, the next run finds what is left. */
const mostFailures = 100

/**
 * Makes reminders by the tenant's rules, for the owners of the records: each silence and each date is reminded of once, so
 * it may run again at any point. Every record of an object is read once, however many rules there are.
 * @throws the first failure, once all other records are done, or too many have failed.
 */
export async function runFollowUps(ctx: Context): Promise<FollowedUp> {
  const done: FollowedUp = { looked: 0, hits: 0, made: 0 }
  const { enabled } = policyOf(ctx).followUps
  if (!enabled) return done
  const owners = await openOwners(ctx)
  const failures: unknown[] = []
  for (const [object, rules] of await rulesByObject(ctx, owners))
    for (let shard = 0; shard < ctx.tenant.listShards; shard++) {
      const partition = { index: 'byObject', pk: objectPartition(object.name, shard, 'all') } as const
      for await (const rows of readBatches(ctx.store, partition, { batch }))
        await inParallel(rows, parallel, ({ item }) => tryFollowUp(ctx, { rules, done, failures }, toRecord(item)))
    }
  if (failures.length > 0) throw failures[0]
  return done
}

type Work = { rules: readonly Rule[]; done: FollowedUp; failures: unknown[] }

/** One record that cannot be done must not hold up all that come after it, every day. */
async function tryFollowUp(ctx: Context, work: Work, record: StoredRecord): Promise<void> {
  try {
    await followUp(ctx, work, record)
  } catch (error) {
    ctx.log.warn('A record could not be followed up', { recordId: record.id, error })
    work.failures.push(error)
    if (work.failures.length >= mostFailures) throw error
  }
}

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
