import type { Hit } from '#lib/follow-ups/follow-up-plan.ts'
import type { Owners } from '#lib/follow-ups/owners.ts'
import { inLanguage } from '#lib/messaging/language.ts'
import { textOf } from '#lib/records/owner-of.ts'
import { titleFor } from '#lib/reminders/title-for.ts'
import type { Context } from '#lib/runtime/context.ts'
import type { StoredRecord } from '#lib/store/items.ts'
import { matchPartition } from '#lib/store/keys.ts'
import { readRows } from '#lib/store/query.ts'
import { readRecord, toRecord } from '#lib/store/read.ts'
import type { ObjectDefinition } from '#schemas/definition.ts'
import type { TenantPolicy } from '#schemas/settings.ts'

type Silence = {
  name: string
  rule: TenantPolicy['followUps']['rules'][string]
  object: ObjectDefinition
  owners: Owners
}

const dayMs = 86_400_000

/** Whether nothing was done with a record for as long as a rule says; a record that is younger than that is given the time. */
export async function silenceHit(ctx: Context, silence: Silence, record: StoredRecord): Promise<Hit | undefined> {
  const { name, rule, object, owners } = silence
  const owner = owners.of(textOf(record.fields[object.ownerField ?? '']))
  const cutoff = new Date(ctx.clock.now().getTime() - rule.noActivityDays * dayMs).toISOString()
  if (!owner || record.createdAt > cutoff) return undefined
  const last = await lastDone(ctx, object, record.id)
  if (last !== undefined && last > cutoff) return undefined
  const title = (await titleFor(ctx, owner.actor, record.id)) ?? record.id
  const { noActivityDays: days } = rule
  const message = inLanguage(owner.language, {
    en: `${name}: ${days} days without activity with ${title}`,
    zh: `${name}：已有 ${days} 天未跟进 ${title}`,
  })
  return { owner, source: 'followUp', message, occasion: JSON.stringify([name, last ?? 'never']) }
}

/** When something was last done with a record; undefined when nothing ever was. What is planned or canceled does not count. */
async function lastDone(ctx: Context, { name }: ObjectDefinition, id: string): Promise<string | undefined> {
  const now = ctx.clock.now().toISOString()
  const partition =
    name === 'customer'
      ? ({ index: 'byParent', pk: id, prefix: 'activity#' } as const)
      : { pk: matchPartition('activity', `${name}Id`, id) }
  for await (const { item } of readRows(ctx.store, partition, { batch: 20, descending: true })) {
    // A look-up entry names its record; an index holds it.
    const record = item['fields'] === undefined ? await readRecord(ctx.store, String(item['id'])) : toRecord(item)
    if (record?.fields['status'] !== 'done' || record.deletedAt !== undefined) continue
    const at = textOf(record.fields['occurredAt']) ?? record.createdAt
    if (at <= now) return at
  }
  return undefined
}
