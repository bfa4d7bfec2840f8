import { CrmError, unavailable, versionConflict } from '#lib/errors.ts'
import { openQuality } from '#lib/quality/open-quality.ts'
import { checkPlans, commit } from '#lib/records/commit.ts'
import type { Plan } from '#lib/records/plan.ts'
import { replay } from '#lib/records/replay.ts'
import { type RecordView, viewRecord } from '#lib/records/view.ts'
import type { Context } from '#lib/runtime/context.ts'
import { pauseMs } from '#lib/store/backoff.ts'
import { readRecord } from '#lib/store/read.ts'

/** What a write did, with the record as the actor may see it. */
export type Written = {
  record: RecordView
  id: string
  version: number
  outcome: Plan['action']
  /** An earlier request with the same Idempotency-Key did it; this one changed nothing. */
  replayed: boolean
}

/** How a write is to be done. */
export type WriteOptions = {
  /** Work everything out and check it, write nothing. */
  dryRun?: boolean | undefined
  /** The caller named the version it saw: a conflict is its to solve, not ours to retry. */
  isConditional?: boolean | undefined
}

/** 8 tries of read, change, write against writers of the same record. */
const planAttempts = 8

/** Plans and writes one record; a retry with the same Idempotency-Key answers as the first request did. */
export async function writeRecord(ctx: Context, plan: () => Promise<Plan>, options: WriteOptions): Promise<Written> {
  const [written] = await writeRecords(ctx, async () => [await plan()], options)
  if (!written) throw unavailable('The write gave no result. Try again.')
  return written
}

/** Plans and writes several records, all or none. */
export async function writeRecords(
  ctx: Context,
  plan: () => Promise<Plan[]>,
  options: WriteOptions,
): Promise<Written[]> {
  try {
    return await planAndCommit(ctx, plan, options)
  } catch (error) {
    const earlier = error instanceof CrmError && !options.dryRun ? await replay(ctx) : undefined
    if (!earlier) throw error
    return earlier
  }
}

async function planAndCommit(ctx: Context, plan: () => Promise<Plan[]>, options: WriteOptions): Promise<Written[]> {
  for (let attempt = 1; ; attempt++) {
    const plans = await plan()
    for (const { object } of plans) await openQuality(object.definition)
    const written = plans.map(each => toWritten(ctx, each))
    if (options.dryRun) {
      await checkPlans(ctx, plans)
      return written
    }
    const staleId = await commit(ctx, plans)
    if (staleId === undefined) return written
    if (options.isConditional || attempt === planAttempts)
      throw versionConflict(staleId, (await readRecord(ctx.store, staleId))?.version)
    await pauseMs(attempt)
  }
}

function toWritten(ctx: Context, { object, after, action }: Plan): Written {
  const record = viewRecord(ctx, object.definition, after)
  return { record, id: after.id, version: after.version, outcome: action, replayed: false }
}
