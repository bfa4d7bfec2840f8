import { notFound } from '#lib/errors.ts'
import { allows, recordRule } from '#lib/permissions/rules.ts'
import type { CompiledObject } from '#lib/records/compile.ts'
import { entryKeyOf } from '#lib/records/fields/list.ts'
import { parseInput } from '#lib/records/input.ts'
import { mergePatch } from '#lib/records/merge-patch.ts'
import { checkFieldAccess } from '#lib/records/next-state.ts'
import { planFields } from '#lib/records/operations/update-record.ts'
import type { Plan } from '#lib/records/plan.ts'
import type { Context } from '#lib/runtime/context.ts'
import type { StoredRecord } from '#lib/store/items.ts'
import type { FieldDefinition } from '#schemas/definition.ts'
import { isJsonObject, type Json, type JsonObject } from '#schemas/json.ts'

/**
 * Works out what a row makes of a record that exists: its cells replace values, entries of lists (e-mails, phones, tags,
 * external ids) are added to those there, and empty cells change nothing.
 * @throws CrmError as an update does; not_found when the actor may not change the record.
 */
export async function planRowUpdate(
  ctx: Context,
  object: CompiledObject,
  { before, input }: { before: StoredRecord; input: JsonObject },
): Promise<Plan> {
  const { definition } = object
  if (before.deletedAt !== undefined || !allows(recordRule(ctx.actor, definition, 'update'), before))
    throw notFound(definition.name, before.id, 'update')
  const { set } = await parseInput(object, input)
  checkFieldAccess(ctx, object, Object.keys(set))
  const fields = { ...before.fields }
  for (const [name, value] of Object.entries(set)) {
    const field = object.fields.get(name)
    if (field) fields[name] = joined(field.definition, before.fields[name], value)
  }
  return planFields(ctx, object, { before, fields, written: Object.keys(set) })
}

function joined(field: FieldDefinition, old: Json | undefined, fresh: Json): Json {
  if (Array.isArray(fresh) && Array.isArray(old)) return joinedLists(field, old, fresh)
  return field.type === 'address' ? mergePatch(old, fresh) : fresh
}

/** What is there stays, and stays first. */
function joinedLists(field: FieldDefinition, old: readonly Json[], fresh: readonly Json[]): Json[] {
  const known = new Set(old.map(entry => nameOf(field, entry)))
  const hasPrimary = old.some(entry => isJsonObject(entry) && entry['primary'] === true)
  const added = fresh.filter(entry => !known.has(nameOf(field, entry)))
  return [...old, ...added.map(entry => (hasPrimary ? withoutPrimary(entry) : entry))]
}

function nameOf(field: FieldDefinition, entry: Json): string {
  if (!isJsonObject(entry)) return String(entry)
  const key = field.type === 'list' ? entryKeyOf(entry, field.entryKey) : entry['value']
  return String(key ?? JSON.stringify(entry)).toLowerCase()
}

function withoutPrimary(entry: Json): Json {
  return isJsonObject(entry) && 'primary' in entry ? { ...entry, primary: false } : entry
}
