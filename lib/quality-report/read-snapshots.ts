import { detailId, pointId } from '#lib/quality-report/snapshot-ids.ts'
import { type StoredSnapshot, storedSnapshot } from '#lib/quality-report/stored-snapshot.ts'
import type { Context } from '#lib/runtime/context.ts'
import { ownerPartition } from '#lib/store/keys.ts'
import { readSlice } from '#lib/store/query.ts'
import { readRecords, toRecord } from '#lib/store/read.ts'
import { qualitySnapshot } from '#schemas/system/quality-snapshot.ts'

/** From when to when, both inclusive, RFC 3339. */
export type Period = { from: string; to: string }

/** 400: more than a year of daily cleanups. */
const mostPoints = 400

/** The sums of a part (`tenant`, a team or a user) in a period, oldest first; the last 400 when there are more. */
export async function readTrend(ctx: Context, part: string, { from, to }: Period): Promise<StoredSnapshot[]> {
  const partition = { index: 'byOwner', pk: ownerPartition(part, qualitySnapshot.name) } as const
  // Sort keys are `<time>#<id>`; what comes after the last id of a time is `$`.
  const slice = { limit: mostPoints, descending: true, after: `${to}$` }
  const { rows } = await readSlice(ctx.store, partition, slice)
  return rows
    .map(({ item }) => storedSnapshot(toRecord(item)))
    .filter(({ takenAt }) => takenAt >= from)
    .toReversed()
}

/** The newest sums of the whole tenant up to a time: that its snapshot is whole. */
export async function readLatest(ctx: Context, part: string, to: string): Promise<StoredSnapshot | undefined> {
  const partition = { index: 'byOwner', pk: ownerPartition(part, qualitySnapshot.name) } as const
  const { rows } = await readSlice(ctx.store, partition, { limit: 1, descending: true, after: `${to}$` })
  return rows.map(({ item }) => storedSnapshot(toRecord(item)))[0]
}

/** The sums of several parts in one run, by part; those that it has none of are absent. */
export async function readPoints(
  ctx: Context,
  runId: string,
  parts: readonly string[],
): Promise<Map<string, StoredSnapshot>> {
  const ids = new Map(parts.map(part => [part, pointId(runId, part)]))
  const records = await readRecords(ctx.store, [...ids.values()])
  return new Map(
    parts.flatMap(part => {
      const record = records.get(ids.get(part) ?? '')
      return record ? [[part, storedSnapshot(record)] as const] : []
    }),
  )
}

/** What the sums of a part are made of in one run. */
export async function readDetail(ctx: Context, runId: string, part: string): Promise<StoredSnapshot | undefined> {
  const id = detailId(runId, part)
  const record = (await readRecords(ctx.store, [id])).get(id)
  return record && storedSnapshot(record)
}
