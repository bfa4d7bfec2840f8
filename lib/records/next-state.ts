import { type FieldProblem, invalid, invalidAt, pointerTo } from '#lib/errors.ts'
import { fieldAccess } from '#lib/permissions/rules.ts'
import type { CompiledObject } from '#lib/records/compile.ts'
import type { ParsedInput } from '#lib/records/input.ts'
import { checkReferences } from '#lib/records/references.ts'
import type { Context } from '#lib/runtime/context.ts'
import type { StoredRecord } from '#lib/store/items.ts'
import type { FieldDefinition } from '#schemas/definition.ts'
import type { Json, JsonObject } from '#schemas/json.ts'

/**
 * Checks that the actor may write each of these fields.
 * @throws CrmError `field_read_only` naming each it may not.
 */
export function checkFieldAccess(ctx: Context, object: CompiledObject, names: readonly string[]): void {
  const { name: objectName } = object.definition
  const problems = names
    .filter(name => fieldAccess(ctx.actor, objectName, name) !== 'editable')
    .map((name): FieldProblem => {
      const detail = `Your role may not change ${name} of a ${objectName}; leave it out.`
      return { pointer: pointerTo(name), code: 'field_read_only', detail }
    })
  if (problems.length > 0) throw invalid(problems)
}

/** A new record's fields: what was given, the defaults, and its maker as owner. */
export function withDefaults(ctx: Context, object: CompiledObject, given: JsonObject): JsonObject {
  const fields: JsonObject = {}
  const { ownerField } = object.definition
  for (const { name, definition } of object.fields.values()) {
    const value = given[name] ?? defaultOf(definition)
    if (value !== undefined) fields[name] = value
  }
  if (ownerField && ownerField !== 'id') fields[ownerField] ??= ctx.actor.id
  return fields
}

/** The fields of a record after a checked patch. */
export function applyInput(fields: JsonObject, { set, clear }: ParsedInput): JsonObject {
  const result: JsonObject = { ...fields, ...set }
  for (const name of clear) delete result[name]
  return result
}

/**
 * Checks the references that changed, and moves the record to its new owner's team unless a team was given.
 * @param written names of the fields this request sets or clears.
 */
export async function settleReferences(
  ctx: Context,
  object: CompiledObject,
  state: { before: JsonObject; after: JsonObject; written: readonly string[] },
): Promise<JsonObject> {
  const { before, after, written } = state
  const changed = Object.fromEntries(Object.entries(after).filter(([name, value]) => value !== before[name]))
  const found = await checkReferences(ctx, object, changed)
  const { ownerField, teamField } = object.definition
  const owner = ownerField && changed[ownerField]
  if (!teamField || typeof owner !== 'string' || written.includes(teamField)) return after
  const team = owner === ctx.actor.id ? ctx.actor.teamId : found.get(owner)?.fields['teamId']
  const { [teamField]: _old, ...rest } = after
  return typeof team === 'string' ? { ...rest, [teamField]: team } : rest
}

/** A new record as it is first stored. */
export function firstVersion(
  record: Pick<StoredRecord, 'id' | 'object' | 'fields'>,
  { at, by }: { at: string; by: string },
): StoredRecord {
  return { ...record, version: 1, createdAt: at, createdBy: by, updatedAt: at, updatedBy: by }
}

/** The next version of a record with these fields. */
export function nextVersion(ctx: Context, record: StoredRecord, fields: JsonObject): StoredRecord {
  const { deletedAt: _past, mergedInto: _survivor, checked: _note, ...rest } = record
  return {
    ...rest,
    fields,
    version: record.version + 1,
    updatedAt: laterThan(record.updatedAt, ctx.clock.now()),
    updatedBy: ctx.actor.id,
  }
}

/**
 * The version number a client wrote.
 * @throws CrmError when it is no whole number of 1 or more.
 */
export function parseVersion(value: unknown): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 1) return value
  throw invalidAt('/toVersion', 'invalid_type', 'toVersion must be a whole number: a version from the history.')
}

function defaultOf(definition: FieldDefinition): Json | undefined {
  return definition.type === 'select' ? definition.default : undefined
}

/** Versions of a record have rising times even where clocks of two machines disagree: time travel counts on it. */
function laterThan(last: string, now: Date): string {
  const time = now.toISOString()
  return time > last ? time : new Date(Date.parse(last) + 1).toISOString()
}
