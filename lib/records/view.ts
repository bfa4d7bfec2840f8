import { fieldAccess } from '#lib/permissions/rules.ts'
import { isJudged } from '#lib/quality/open-quality.ts'
import { type Viewer, viewQuality } from '#lib/quality/view-quality.ts'
import { typeOf } from '#lib/records/fields/types.ts'
import type { Context } from '#lib/runtime/context.ts'
import type { StoredRecord } from '#lib/store/items.ts'
import type { FieldDefinition, ObjectDefinition } from '#schemas/definition.ts'
import type { Json, JsonObject } from '#schemas/json.ts'

/** A record as the actor may see it: hidden fields left out, masked ones blotted. */
export type RecordView = JsonObject

/**
 * The record as the actor may see it, with its quality unless the object is of the product's own; with `only`, just those
 * fields and its id, object and version. `await openQuality()` comes before it.
 */
export function viewRecord(
  ctx: Viewer,
  object: ObjectDefinition,
  record: StoredRecord,
  only?: readonly string[],
): RecordView {
  const { id, version, createdAt, createdBy, updatedAt, updatedBy, deletedAt } = record
  const view: RecordView = { id, object: object.name, version }
  for (const [name, definition] of Object.entries(object.fields)) {
    const value = record.fields[name]
    if (value === undefined) continue
    const visible = viewValue(ctx, object, { name, definition, value })
    if (visible !== undefined) view[name] = visible
  }
  Object.assign(view, { createdAt, createdBy, updatedAt, updatedBy }, deletedAt ? { deletedAt } : {})
  if (isJudged(object) && (only?.includes('quality') ?? true)) view['quality'] = viewQuality(ctx, object, record)
  return only ? selected(view, only) : view
}

/** One value as the actor may see it; undefined when it is hidden, or masked and of a type that has no masked form. */
export function viewValue(
  ctx: Pick<Context, 'actor'>,
  object: ObjectDefinition,
  field: { name: string; definition: FieldDefinition; value: Json },
): Json | undefined {
  const access = fieldAccess(ctx.actor, object.name, field.name)
  if (access === 'hidden') return undefined
  const visible = access === 'masked' ? typeOf(field.definition).mask?.(field.value) : field.value
  return visible === undefined ? undefined : inOrder(visible)
}

/** Members people look for first; DynamoDB keeps no order of its own, and equal records must read equal byte for byte. */
const leading = ['system', 'service', 'channel', 'object', 'field', 'value', 'entered', 'extension', 'label']

function inOrder(value: Json): Json {
  if (Array.isArray(value)) return value.map(inOrder)
  if (typeof value !== 'object' || value === null) return value
  const names = Object.keys(value).toSorted((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1))
  return Object.fromEntries(names.map(name => [name, inOrder(value[name] ?? null)]))
}

function rank(name: string): number {
  const place = leading.indexOf(name)
  return place < 0 ? leading.length : place
}

function selected(view: RecordView, only: readonly string[]): RecordView {
  const names = new Set(['id', 'object', 'version', ...only])
  return Object.fromEntries(Object.entries(view).filter(([name]) => names.has(name)))
}
