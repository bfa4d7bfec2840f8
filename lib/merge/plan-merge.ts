import { invalid, invalidAt, mergeConflict, notFound, pointerTo } from '#lib/errors.ts'
import { hasChildren } from '#lib/merge/children.ts'
import { type Decision, overflows, survivingFields } from '#lib/merge/survivorship.ts'
import type { Verb } from '#lib/permissions/actor.ts'
import { allows, fieldAccess, recordRule } from '#lib/permissions/rules.ts'
import { compileObject } from '#lib/records/compile.ts'
import { requireFields } from '#lib/records/input.ts'
import { checkVersion } from '#lib/records/load.ts'
import { loadMatchKeys } from '#lib/records/load-match-keys.ts'
import { checkFieldAccess, firstVersion, nextVersion } from '#lib/records/next-state.ts'
import type { Plan } from '#lib/records/plan.ts'
import { keyChanges } from '#lib/records/record-keys.ts'
import type { Context } from '#lib/runtime/context.ts'
import { isTypeId } from '#lib/runtime/ids.ts'
import type { StoredRecord } from '#lib/store/items.ts'
import { readRecords } from '#lib/store/read.ts'
import type { ObjectDefinition } from '#schemas/definition.ts'
import type { Json, JsonObject } from '#schemas/json.ts'
import { merge as mergeObject } from '#schemas/system/merge.ts'

/** 90 of a transaction's 100 items: what is edited later may add some to the transaction that undoes the merge. */
const mostItems = 90

/** Which record absorbs which others; `fields` names the record whose value wins, by field. */
export type MergeRequest = {
  object: ObjectDefinition
  id: string
  absorb: readonly string[]
  fields?: Readonly<Record<string, string>> | undefined
  ifVersions?: readonly number[] | undefined
  dryRun?: boolean | undefined
}

/**
 * Works out a merge without writing it: the survivor, the absorbed records and the record of the merge, in this order.
 * @throws CrmError validation_failed, unknown_field, field_read_only, not_found, merge_conflict, version_conflict.
 */
export async function planMerge(ctx: Context, request: MergeRequest): Promise<Plan[]> {
  const { object, absorb, fields: chosen = {} } = request
  checkRequest(request)
  const { survivor, absorbed } = await loadAll(ctx, request)
  checkVersion(survivor, request.ifVersions)
  const compiled = compileObject(object, ctx.tenant)
  checkFieldAccess(ctx, compiled, Object.keys(chosen))
  const isEditable = (field: string) => fieldAccess(ctx.actor, object.name, field) === 'editable'
  const survived = survivingFields({ object, survivor, absorbed, chosen, isEditable })
  const fields = withoutSelf(object, survived.fields, [survivor.id, ...absorb])
  checkSizes(object, fields)
  requireFields(compiled, fields)
  const id = ctx.ids.next(mergeObject.prefix)
  const after = nextVersion(ctx, survivor, fields)
  const isWithChildren = await hasChildren(ctx, object, absorb)
  const decisions = survived.decisions.filter(({ field }) => fieldAccess(ctx.actor, object.name, field) !== 'hidden')
  const merge = { id, after, absorbed, decisions, isWithChildren }
  const plans: Plan[] = [
    { object: compiled, before: survivor, after, action: 'merged', merge: { id, absorbed: [...absorb] } },
    ...absorbed.map((before): Plan => {
      const next = nextVersion(ctx, before, before.fields)
      const gone = { ...next, deletedAt: next.updatedAt, mergedInto: survivor.id }
      return { object: compiled, before, after: gone, action: 'merged', merge: { id, into: survivor.id } }
    }),
    {
      object: compileObject(mergeObject, ctx.tenant),
      before: undefined,
      after: mergeRecord(ctx, merge),
      action: 'created',
    },
  ]
  await loadMatchKeys()
  checkItems(plans)
  return plans
}

function checkRequest({ object, id, absorb, fields = {} }: MergeRequest): void {
  if (object.system) throw invalidAt('', 'not_mergeable', `${object.pluralLabel.en} cannot be merged.`)
  const ids = [id, ...absorb]
  const repeated = absorb.flatMap((each, i) => {
    const detail = `${each} is named already; name each record to be absorbed once, and not the survivor.`
    return ids.indexOf(each) === i + 1 ? [] : [{ pointer: pointerTo('absorb', i), code: 'repeated_record', detail }]
  })
  const chosen = Object.entries(fields).flatMap(([field, winner]) => {
    const pointer = pointerTo('fields', field)
    if (!Object.hasOwn(object.fields, field))
      return [{ pointer, code: 'unknown_field', detail: `${object.name} has no field ${JSON.stringify(field)}.` }]
    if (ids.includes(winner)) return []
    return [{ pointer, code: 'invalid_value', detail: `The value of ${field} must come from ${ids.join(' or ')}.` }]
  })
  const problems = [...repeated, ...chosen]
  if (problems.length > 0) throw invalid(problems)
}

async function loadAll(ctx: Context, { object, id, absorb }: MergeRequest) {
  const found = await readRecords(
    ctx.store,
    [id, ...absorb].filter(each => isTypeId(each, object.prefix)),
  )
  const load = (each: string, verb: Verb) => mergeable(ctx, { object, id: each, verb }, found.get(each))
  return { survivor: load(id, 'update'), absorbed: absorb.map(each => load(each, 'delete')) }
}

/** Whoever absorbs a record makes it disappear, so the right to delete it is needed. */
function mergeable(
  ctx: Context,
  { object, id, verb }: { object: ObjectDefinition; id: string; verb: Verb },
  record: StoredRecord | undefined,
): StoredRecord {
  if (!record || !allows(recordRule(ctx.actor, object, 'read'), record)) throw notFound(object.name, id)
  const { mergedInto } = record
  if (mergedInto !== undefined) throw mergeConflict(`${id} was merged into ${mergedInto} already.`, { id, mergedInto })
  if (record.deletedAt !== undefined) throw notFound(object.name, id)
  if (!allows(recordRule(ctx.actor, object, verb), record)) throw notFound(object.name, id, verb)
  return record
}

/** A record that hung on one it absorbs would hang on itself. */
function withoutSelf(object: ObjectDefinition, fields: JsonObject, ids: readonly string[]): JsonObject {
  const isSelf = (name: string, value: Json) => {
    const definition = object.fields[name]
    return definition?.type === 'reference' && definition.to === object.name && ids.some(id => id === value)
  }
  return Object.fromEntries(Object.entries(fields).filter(([name, value]) => !isSelf(name, value)))
}

function checkSizes(object: ObjectDefinition, fields: JsonObject): void {
  const problems = overflows(object, fields).map(({ field, entries, most }) => {
    const detail = `${field} of all records together has ${entries} entries, ${most} are possible. Choose one record's by "fields", or absorb fewer.`
    return { pointer: pointerTo('fields', field), code: 'too_many', detail }
  })
  if (problems.length > 0) throw invalid(problems)
}

/** A merge that fits into a transaction must still fit when it is undone. */
function checkItems(plans: readonly Plan[]): void {
  const counts = plans.map(({ object, before, after }) => {
    const { claim, release, addMatches, dropMatches } = keyChanges(object, before, after)
    return 2 + claim.length + release.length + addMatches.length + dropMatches.length
  })
  const items = counts.reduce((sum, count) => sum + count, 0)
  if (items <= mostItems) return
  const each = Math.ceil(items / plans.length)
  const detail = `With all their keys these records are ${items} stored items, and ${mostItems} can be merged as one. Absorb about ${Math.max(1, Math.floor(mostItems / each) - 2)} at a time.`
  throw invalidAt('/absorb', 'too_many_items', detail)
}

function mergeRecord(
  ctx: Context,
  merge: {
    id: string
    after: StoredRecord
    absorbed: readonly StoredRecord[]
    decisions: readonly Decision[]
    isWithChildren: boolean
  },
): StoredRecord {
  const { id, after } = merge
  const at = after.updatedAt
  const by = ctx.actor.id
  const fields: JsonObject = {
    target: after.object,
    survivorId: after.id,
    survivorVersion: after.version,
    absorbed: merge.absorbed.map(each => ({ id: each.id, version: each.version })),
    state: 'merged',
    childrenState: merge.isWithChildren ? 'moving' : 'settled',
    childrenMoved: 0,
    decisions: merge.decisions.map(({ field, from, why }) => ({ field, from, why })),
    mergedBy: by,
    ...(ctx.actor.teamId !== undefined && { teamId: ctx.actor.teamId }),
  }
  return firstVersion({ id, object: mergeObject.name, fields }, { at, by })
}
