import { randomUUID } from 'node:crypto'
import { CrmError, idempotencyKeyReused, invalid, unavailable, uniqueViolation, versionConflict } from '#lib/errors.ts'
import { guardOwnAccess } from '#lib/permissions/own-access.ts'
import { allows, recordRule } from '#lib/permissions/rules.ts'
import type { CompiledObject } from '#lib/records/compile.ts'
import { diffFields } from '#lib/records/diff.ts'
import { indexKeys, keyChanges } from '#lib/records/record-keys.ts'
import { replay } from '#lib/records/replay.ts'
import { type RecordView, viewRecord } from '#lib/records/view.ts'
import type { Context } from '#lib/runtime/context.ts'
import type { Change, ChangeAction, StoredRecord } from '#lib/store/items.ts'
import { readChange, readRecord } from '#lib/store/read.ts'
import { type Refusal, type Step, transact, transactionLimit } from '#lib/store/transaction.ts'
import { idempotencyStep, type RecordWrite, recordSteps } from '#lib/store/write.ts'

/** A record's next state, worked out but not written. */
export type Plan = {
  object: CompiledObject
  before: StoredRecord | undefined
  after: StoredRecord
  action: ChangeAction | 'unchanged'
}

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
/** 380 KB: DynamoDB's 400 KB for an item, less keys. */
const itemBytes = 380_000

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
    const written = plans.map(each => toWritten(ctx, each))
    if (options.dryRun) return written
    const refusals = await commit(ctx, plans)
    if (refusals.length === 0) return written
    const stale = await refused(ctx, refusals)
    if (options.isConditional || attempt === planAttempts) throw versionConflict(stale, undefined)
  }
}

/** @returns the conditions that did not hold; none when the records are written, now or by a try whose answer was lost. */
async function commit(ctx: Context, plans: readonly Plan[]): Promise<Refusal[]> {
  const writeId = randomUUID()
  const { name } = ctx.store.table
  const writes = plans.filter(plan => plan.action !== 'unchanged').map(plan => toRecordWrite(ctx, plan, writeId))
  const steps = writes.flatMap((write, operation) => recordSteps(name, write, operation))
  if (ctx.idempotency) steps.push(rememberStep(ctx, ctx.idempotency, plans))
  if (steps.length === 0) return []
  checkSteps(steps)
  const refusals = await transact(ctx.store, steps, writeId)
  const [first] = writes
  if (refusals.length === 0 || !first) return refusals
  const landed = await readChange(ctx.store, first.record.id, first.record.version)
  return landed?.writeId === writeId ? [] : refusals
}

function rememberStep(ctx: Context, idempotency: NonNullable<Context['idempotency']>, plans: readonly Plan[]): Step {
  const writes = plans.map(({ after, action }) => ({
    id: after.id,
    object: after.object,
    version: after.version,
    action,
  }))
  const outcome = { requestHash: idempotency.requestHash, writes }
  return idempotencyStep(ctx.store.table.name, idempotency.key, outcome, ctx.clock.now())
}

/** Turns refusals into the error they mean; returns the id of a record that somebody else changed meanwhile. */
async function refused(ctx: Context, refusals: readonly Refusal[]): Promise<string> {
  // An error that no reader sees: the caller looks up what the first request did, and answers so.
  if (refusals.some(({ purpose }) => purpose.kind === 'idempotency')) throw idempotencyKeyReused()
  for (const { purpose, existingId } of refusals)
    if (purpose.kind === 'unique') throw await takenValue(ctx, purpose.field, purpose.pointer, existingId)
  for (const { purpose } of refusals) if (purpose.kind === 'record' || purpose.kind === 'change') return purpose.id
  throw unavailable('The write was refused for no known reason. Try again.')
}

async function takenValue(
  ctx: Context,
  field: string,
  pointer: string,
  existingId: string | undefined,
): Promise<CrmError> {
  const holder = existingId === undefined ? undefined : await readRecord(ctx.store, existingId)
  const object = holder && ctx.objects.byName.get(holder.object)
  const isSeen = holder && object && allows(recordRule(ctx.actor, object, 'read'), holder)
  const which = isSeen ? `${object.name} ${holder.id}` : 'another record'
  return uniqueViolation(
    pointer,
    `${field} is already used by ${which}. Change that record, or use another value.`,
    isSeen ? holder.id : undefined,
  )
}

function checkSteps(steps: readonly Step[]): void {
  if (steps.length > transactionLimit)
    throw invalid([
      {
        pointer: '',
        code: 'too_many_items',
        detail: `This write touches ${steps.length} stored items; ${transactionLimit} can be written as one. Send fewer operations, or atomic: false.`,
      },
    ])
  const seen = new Set<string>()
  for (const { item, purpose } of steps) {
    const key = JSON.stringify(item.Put ? [item.Put.Item?.['pk'], item.Put.Item?.['sk']] : item.Delete?.Key)
    if (seen.has(key) && purpose.kind === 'unique')
      throw uniqueViolation(purpose.pointer, `${purpose.field} is given to two records of this request.`)
    seen.add(key)
  }
}

function toRecordWrite(ctx: Context, plan: Plan, writeId: string): RecordWrite {
  const { object, before, after, action } = plan
  const changes = diffFields(before?.fields ?? {}, after.fields)
  guardOwnAccess(ctx.actor, after, Object.keys(changes))
  const change: Change = {
    id: after.id,
    object: after.object,
    version: after.version,
    action: action === 'unchanged' ? 'updated' : action,
    at: after.updatedAt,
    actorId: after.updatedBy,
    requestId: ctx.requestId,
    source: ctx.source,
    writeId,
    changes,
  }
  if (Math.max(Buffer.byteLength(JSON.stringify(change)), Buffer.byteLength(JSON.stringify(after))) > itemBytes)
    throw invalid([
      { pointer: '', code: 'too_long', detail: 'The record is larger than 380 KB; shorten its longest texts.' },
    ])
  return {
    record: after,
    change,
    index: indexKeys(object, after, ctx.tenant.listShards),
    keys: keyChanges(object, before, after),
  }
}

function toWritten(ctx: Context, { object, after, action }: Plan): Written {
  const record = viewRecord(ctx, object.definition, after)
  return { record, id: after.id, version: after.version, outcome: action, replayed: false }
}
