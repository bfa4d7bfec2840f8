import { randomUUID } from 'node:crypto'
import { type CrmError, idempotencyKeyReused, invalidAt, unavailable, uniqueViolation } from '#lib/errors.ts'
import { guardOwnAccess } from '#lib/permissions/own-access.ts'
import { allows, recordRule } from '#lib/permissions/rules.ts'
import { diffFields } from '#lib/records/diff.ts'
import { loadMatchKeys } from '#lib/records/load-match-keys.ts'
import { atPlace, placed } from '#lib/records/place.ts'
import type { Plan } from '#lib/records/plan.ts'
import { indexKeys, keyChanges } from '#lib/records/record-keys.ts'
import type { Context, Idempotency } from '#lib/runtime/context.ts'
import type { Change } from '#lib/store/items.ts'
import { readChange, readRecord, readUniqueHolder } from '#lib/store/read.ts'
import { type Refusal, type Step, transact, transactionLimit } from '#lib/store/transaction.ts'
import { idempotencyStep, type RecordWrite, writeSteps } from '#lib/store/write.ts'

/** 380 KB: DynamoDB's 400 KB for an item, less keys. */
const itemBytes = 380_000
/** 3.8 MB: DynamoDB's 4 MB for a transaction, less keys. */
const transactionBytes = 3_800_000

/**
 * Writes plans in one transaction.
 * @returns the id of a record that somebody else changed meanwhile; undefined when all is written.
 * @throws CrmError unique_violation, validation_failed (too large), idempotency_key_reused (look up what it did), unavailable.
 */
export async function commit(ctx: Context, plans: readonly Plan[]): Promise<string | undefined> {
  const writeId = randomUUID()
  const writes = await toWrites(ctx, plans, writeId)
  const steps = [...writeSteps(ctx.store.table.name, writes), ...plans.flatMap(plan => plan.steps ?? [])]
  if (ctx.idempotency) steps.push(rememberStep(ctx, ctx.idempotency, plans))
  if (steps.length === 0) return undefined
  checkSteps(steps, plans)
  const refusals = await transact(ctx.store, steps, writeId)
  if (refusals.length === 0 || (await hasLanded(ctx, writes, writeId))) return undefined
  return refused(ctx, refusals, plans)
}

/** Checks all that `commit` checks, and writes nothing. */
export async function checkPlans(ctx: Context, plans: readonly Plan[]): Promise<void> {
  const writes = await toWrites(ctx, plans, '')
  const steps = writeSteps(ctx.store.table.name, writes)
  checkSteps(steps, plans)
  const given = new Set(writes.flatMap(({ record, keys }) => keys.release.map(({ value }) => `${record.id} ${value}`)))
  for (const { record, keys, operation } of writes)
    for (const unique of keys.claim) {
      const existingId = await readUniqueHolder(ctx.store, record.object, unique)
      if (existingId !== undefined && !given.has(`${existingId} ${unique.value}`))
        throw placedAt(plans[operation], await takenValue(ctx, unique, existingId))
    }
}

async function toWrites(ctx: Context, plans: readonly Plan[], writeId: string): Promise<RecordWrite[]> {
  await loadMatchKeys()
  return Promise.all(
    plans.flatMap((plan, operation) =>
      plan.action === 'unchanged' ? [] : [atPlace(plan.place, () => toWrite(ctx, plan, { operation, writeId }))],
    ),
  )
}

function toWrite(ctx: Context, plan: Plan, { operation, writeId }: { operation: number; writeId: string }) {
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
    requestId: plan.requestId ?? ctx.requestId,
    source: ctx.source,
    writeId,
    changes,
    ...(plan.merge && { merge: plan.merge }),
  }
  if (Math.max(bytesOf(change), bytesOf(after)) > itemBytes)
    throw invalidAt('', 'too_long', 'The record, or its change, is larger than 380 KB; shorten its longest texts.')
  const index = indexKeys(object, after, ctx.tenant.listShards)
  return { record: after, change, index, keys: keyChanges(object, before, after), operation }
}

function rememberStep(ctx: Context, { key, requestHash }: Idempotency, plans: readonly Plan[]): Step {
  const writes = plans.map(({ after, action }) => ({
    id: after.id,
    object: after.object,
    version: after.version,
    action,
  }))
  return idempotencyStep(ctx.store.table.name, key, { requestHash, writes }, ctx.clock.now())
}

/** Whether the records were written by a try of ours whose answer was lost. */
async function hasLanded(ctx: Context, [first]: readonly RecordWrite[], writeId: string): Promise<boolean> {
  if (!first) return false
  const change = await readChange(ctx.store, first.record.id, first.record.version)
  return change?.writeId === writeId
}

/** Turns refusals into the error they mean; returns the id of a record that somebody else changed meanwhile. */
async function refused(ctx: Context, refusals: readonly Refusal[], plans: readonly Plan[]): Promise<string> {
  // An error that no reader sees: the caller looks up what the first request did, and answers so.
  if (refusals.some(({ purpose }) => purpose.kind === 'idempotency')) throw idempotencyKeyReused()
  for (const { purpose, existingId } of refusals)
    if (purpose.kind === 'unique') throw placedAt(plans[purpose.operation], await takenValue(ctx, purpose, existingId))
  for (const { purpose } of refusals) if (purpose.kind === 'record' || purpose.kind === 'change') return purpose.id
  throw unavailable('The write was refused for no known reason. Try again.')
}

async function takenValue(
  ctx: Context,
  { field, pointer }: { field: string; pointer: string },
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

function checkSteps(steps: readonly Step[], plans: readonly Plan[]): void {
  const whole = plans.some(plan => plan.place !== undefined) ? '/operations' : ''
  if (steps.length > transactionLimit) {
    const detail = `This write touches ${steps.length} stored items; ${transactionLimit} can be written as one.`
    throw invalidAt(whole, 'too_many_items', `${detail} Change fewer entries at once, or send fewer operations.`)
  }
  if (plans.length > 1 && steps.reduce((sum, { item }) => sum + bytesOf(item.Put?.Item ?? {}), 0) > transactionBytes)
    throw invalidAt(whole, 'too_long', 'The batch is larger than the 4 MB that can be written as one; split it.')
  const seen = new Set<string>()
  for (const { item, purpose } of steps) {
    const { pk, sk } = item.Put?.Item ?? item.Delete?.Key ?? item.ConditionCheck?.Key ?? {}
    const key = `${pk}\n${sk}`
    if (seen.has(key)) throw placedAt(plans[purpose.operation], repeated(purpose))
    seen.add(key)
  }
}

function repeated(purpose: Step['purpose']): CrmError {
  if (purpose.kind !== 'unique')
    return invalidAt('', 'repeated_record', 'Another operation changes this record already; change a record once.')
  return uniqueViolation(purpose.pointer, `${purpose.field} is given to two records of this request.`)
}

function placedAt(plan: Plan | undefined, error: CrmError): CrmError {
  return plan?.place === undefined ? error : placed(error, plan.place)
}

function bytesOf(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value))
}
