import { type FieldProblem, invalid, pointerTo } from '#lib/errors.ts'
import { allows, recordRule } from '#lib/permissions/rules.ts'
import type { CompiledObject } from '#lib/records/compile.ts'
import type { Context } from '#lib/runtime/context.ts'
import { prefixOf } from '#lib/runtime/ids.ts'
import type { StoredRecord } from '#lib/store/items.ts'
import { readRecords } from '#lib/store/read.ts'
import { type FieldDefinition, targetsOf } from '#schemas/definition.ts'
import { isJsonObject, type Json, type JsonObject } from '#schemas/json.ts'
import { standardObjects } from '#schemas/registry.ts'

type Reference = { field: string; pointer: string; target: string; id: string }

/**
 * Checks that every record a set of fields refers to exists, is not deleted and may be seen, and that users are active.
 * @returns the records referred to, by id.
 * @throws CrmError naming each reference that leads nowhere.
 */
export async function checkReferences(
  ctx: Context,
  object: CompiledObject,
  fields: JsonObject,
): Promise<Map<string, StoredRecord>> {
  // The actor was read, and found active, to answer this very request.
  const references = referencesIn(object, fields).filter(({ id }) => id !== ctx.actor.id)
  if (references.length === 0) return new Map()
  const found = await readRecords(
    ctx.store,
    references.map(({ id }) => id),
  )
  const problems = references.flatMap(reference => referenceProblem(ctx, reference, found.get(reference.id)))
  if (problems.length > 0) throw invalid(problems)
  return found
}

function referencesIn(object: CompiledObject, fields: JsonObject): Reference[] {
  return Object.entries(fields).flatMap(([field, value]) => {
    const definition = object.fields.get(field)?.definition
    if (definition?.type !== 'list' || !Array.isArray(value)) return referenceAt([field], definition, value)
    return value.flatMap((entry, i) =>
      Object.entries(isJsonObject(entry) ? entry : {}).flatMap(([part, id]) =>
        referenceAt([field, i, part], definition.fields[part], id),
      ),
    )
  })
}

function referenceAt(path: (string | number)[], definition: FieldDefinition | undefined, id: Json): Reference[] {
  const target = targetOf(definition, id)
  return target && typeof id === 'string' ? [{ field: path.join('.'), pointer: pointerTo(...path), target, id }] : []
}

function targetOf(definition: FieldDefinition | undefined, id: Json): string | undefined {
  if (definition?.type === 'user') return 'user'
  if (definition?.type !== 'reference') return undefined
  const object = standardObjects.byPrefix.get(prefixOf(String(id)))?.name
  return targetsOf(definition).find(target => target === object) ?? definition.to
}

function referenceProblem(ctx: Context, reference: Reference, record: StoredRecord | undefined): FieldProblem[] {
  const { field, pointer, target, id } = reference
  const definition = ctx.objects.byName.get(target)
  const isSeen =
    definition &&
    record?.object === target &&
    !record.deletedAt &&
    allows(recordRule(ctx.actor, definition, 'read'), record)
  if (!isSeen) {
    const isMerged = record?.mergedInto && definition && allows(recordRule(ctx.actor, definition, 'read'), record)
    const detail = isMerged
      ? `${field} refers to ${id}, which was merged into ${record.mergedInto}; refer to that.`
      : `${field} refers to ${id}, but there is no such ${target} that you may see.`
    return [{ pointer, code: 'invalid_reference', detail }]
  }
  if (target === 'user' && record.fields['status'] === 'disabled')
    return [
      { pointer, code: 'invalid_reference', detail: `${field} refers to ${id}, who has left; name somebody active.` },
    ]
  return []
}
