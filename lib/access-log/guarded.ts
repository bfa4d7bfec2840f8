import type { Actor } from '#lib/permissions/actor.ts'
import { fieldAccess, scopeOf } from '#lib/permissions/rules.ts'
import type { Context } from '#lib/runtime/context.ts'
import type { ObjectDefinition } from '#schemas/definition.ts'

/** Operations that read records of a whole object, or hand them out as a file. */
const exporting = new Set(['createExport', 'getExport'])
/** Operations that show records of several objects. */
const acrossObjects = new Set(['search', 'findDuplicateGroups'])

type Asked = { operationId: string; method: string; plural: string | undefined; body: unknown }

/**
 * Whether the answer of an operation must not go out before its access record is on the bus: it shows sensitive fields as
 * they are, or hands out an export.
 */
export function isGuarded(
  { actor, objects }: Pick<Context, 'actor' | 'objects'>,
  { operationId, method, plural, body }: Asked,
): boolean {
  if (exporting.has(operationId)) return true
  if (method !== 'GET' && !readsInBatch(body)) return false
  if (acrossObjects.has(operationId)) return objects.all.some(object => seesSensitive(actor, object))
  const object = plural === undefined ? undefined : objects.byPlural.get(plural)
  return object !== undefined && seesSensitive(actor, object)
}

/** What writes answers with is what the caller wrote or may write over; a batch can read too. */
function readsInBatch(body: unknown): boolean {
  const operations: unknown = typeof body === 'object' && body !== null && 'operations' in body ? body.operations : []
  return Array.isArray(operations) && operations.some(({ op }) => op === 'get')
}

function seesSensitive(actor: Actor, object: ObjectDefinition): boolean {
  if (scopeOf(actor, object.name, 'read') === 'none') return false
  return sensitiveFields(object).some(name => ['editable', 'readOnly'].includes(fieldAccess(actor, object.name, name)))
}

const known = new WeakMap<ObjectDefinition, readonly string[]>()

function sensitiveFields(object: ObjectDefinition): readonly string[] {
  const names = known.get(object) ?? Object.keys(object.fields).filter(name => object.fields[name]?.sensitive === true)
  known.set(object, names)
  return names
}
