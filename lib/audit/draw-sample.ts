import { createHash } from 'node:crypto'
import type { Audit } from '#lib/audit/audit-record.ts'
import { addMonths } from '#lib/audit/months.ts'
import type { Actor } from '#lib/permissions/actor.ts'
import { allows, recordRule } from '#lib/permissions/rules.ts'
import { linkName } from '#lib/refresh/verification-link.ts'
import type { Context } from '#lib/runtime/context.ts'
import { utcOf } from '#lib/runtime/zoned-time.ts'
import type { StoredRecord } from '#lib/store/items.ts'
import { ownerPartition } from '#lib/store/keys.ts'
import { readSlice } from '#lib/store/query.ts'
import { toRecord } from '#lib/store/read.ts'
import type { ObjectDefinition } from '#schemas/definition.ts'

/** A record that may be drawn; `rank` orders them by chance, the same each time for the same month. */
export type Candidate = { object: ObjectDefinition; record: StoredRecord; rank: string }

/** What an owner's records of a month come to: those to choose from, in the order of the draw, and how many the reviewer may not see. */
export type Population = { candidates: Candidate[]; unseen: number }

/** 2,000 records of an object and owner are looked at: enough for a fair draw, little enough for an event's time. */
const mostRead = 2_000
const atOnce = 1_000

/** Records of an owner that were entered or changed since the month began and were there by its end. */
export async function readPopulation(
  ctx: Context,
  { audit, ownerId, readers }: { audit: Audit; ownerId: string; readers: { requester: Actor; reviewer: Actor } },
): Promise<Population> {
  const objects = ctx.objects.all.filter(object => !object.system && object.ownerField && linkName(object))
  const found: Population = { candidates: [], unseen: 0 }
  for (const object of objects) {
    const sees = (actor: Actor, record: StoredRecord) => allows(recordRule(actor, object, 'read'), record)
    for (const record of await recordsSince(ctx, { audit, ownerId, object })) {
      if (!sees(readers.requester, record)) continue
      if (sees(readers.reviewer, record)) found.candidates.push({ object, record, rank: rankOf(audit, record) })
      else found.unseen += 1
    }
  }
  found.candidates.sort((a, b) => (a.rank < b.rank ? -1 : 1))
  return found
}

async function recordsSince(
  ctx: Context,
  { audit, ownerId, object }: { audit: Audit; ownerId: string; object: ObjectDefinition },
): Promise<StoredRecord[]> {
  const { timeZone } = ctx.tenant
  const end = utcOf(`${addMonths(audit.month, 1)}-01T00:00:00`, timeZone)
  const partition = { index: 'byOwner', pk: ownerPartition(ownerId, object.name) } as const
  const records: StoredRecord[] = []
  let after: string | undefined = utcOf(`${audit.month}-01T00:00:00`, timeZone)
  for (let read = 0; read < mostRead; ) {
    const { rows, isLast } = await readSlice(ctx.store, partition, { limit: atOnce, descending: false, after })
    records.push(...rows.map(({ item }) => toRecord(item)).filter(({ createdAt }) => createdAt < end))
    read += rows.length
    after = rows.at(-1)?.sort
    if (isLast || after === undefined) break
  }
  return records
}

/** Chance that can be repeated: it knows nothing of the record but its id. */
function rankOf({ month }: Audit, { id }: StoredRecord): string {
  return createHash('sha256').update(`${month}/${id}`).digest('hex')
}
