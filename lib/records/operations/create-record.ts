import { invalidAt, pointerTo } from '#lib/errors.ts'
import { allows } from '#lib/permissions/rules.ts'
import { checkStandards } from '#lib/records/check-standards.ts'
import { type CompiledObject, compileObject } from '#lib/records/compile.ts'
import { derive } from '#lib/records/derive.ts'
import { parseInput, requireFields } from '#lib/records/input.ts'
import { reachableRule } from '#lib/records/load.ts'
import { checkFieldAccess, firstVersion, settleReferences, withDefaults } from '#lib/records/next-state.ts'
import type { Plan } from '#lib/records/plan.ts'
import { type Written, writeRecord } from '#lib/records/write.ts'
import type { Context } from '#lib/runtime/context.ts'
import type { StoredRecord } from '#lib/store/items.ts'
import type { ObjectDefinition } from '#schemas/definition.ts'
import type { JsonObject } from '#schemas/json.ts'

/** A new record of an object; `input` is what the client sent. */
export type CreateRequest = {
  object: ObjectDefinition
  input: unknown
  dryRun?: boolean | undefined
  checkNew?: CheckNew | undefined
}

/** Looks at a new record before it is written, and throws when it must not be. */
export type CheckNew = (ctx: Context, plan: Plan) => Promise<void>

/**
 * Makes a record; the actor owns it unless another owner is given.
 * @throws CrmError validation_failed, unknown_field, field_read_only, unique_violation, not_found (may not create).
 */
export function createRecord(ctx: Context, request: CreateRequest): Promise<Written> {
  return writeRecord(ctx, () => planCreate(ctx, request), { dryRun: request.dryRun })
}

/** Works out a new record without writing it. */
export async function planCreate(ctx: Context, { object, input, checkNew }: CreateRequest): Promise<Plan> {
  const rule = reachableRule(ctx, object, 'create')
  const compiled = compileObject(object, ctx.tenant)
  const { set } = await parseInput(compiled, input)
  checkFieldAccess(ctx, compiled, Object.keys(set))
  const fields = withDefaults(ctx, compiled, set)
  requireFields(compiled, fields)
  const state = { before: {}, after: fields, written: Object.keys(set) }
  const settled = await settleReferences(ctx, compiled, state)
  const after = newRecord(ctx, compiled, await derive(ctx, object, { before: undefined, fields: settled }))
  if (!allows(rule, after)) throw notForOthers(object)
  await checkStandards(ctx, compiled, { before: undefined, after })
  const plan: Plan = { object: compiled, before: undefined, after, action: 'created' }
  await checkNew?.(ctx, plan)
  return plan
}

function newRecord(ctx: Context, { definition }: CompiledObject, fields: JsonObject): StoredRecord {
  const at = ctx.clock.now().toISOString()
  return firstVersion(
    { id: ctx.ids.next(definition.prefix), object: definition.name, fields },
    { at, by: ctx.actor.id },
  )
}

function notForOthers({ name, ownerField }: ObjectDefinition) {
  const pointer = ownerField ? pointerTo(ownerField) : ''
  return invalidAt(
    pointer,
    'invalid_owner',
    `Your role may not create a ${name} for this owner; name yourself or your team.`,
  )
}
