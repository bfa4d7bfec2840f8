import { unrouted } from '#functions/edge/unrouted.ts'
import { CrmError } from '#lib/errors.ts'
import type { ObjectDefinition } from '#schemas/definition.ts'
import type { ObjectRegistry } from '#schemas/registry.ts'

type Where = { method: string; rawPath: string; path: { object: string } }

/**
 * The object that a URL names by its plural.
 * @throws CrmError `not_found` naming the objects there are, or `method_not_allowed` where the path is not an object's.
 */
export function objectAt(objects: ObjectRegistry, { method, rawPath, path }: Where): ObjectDefinition {
  const object = objects.byPlural.get(path.object)
  if (object) return object
  // /v1/search and the like have no other methods, but the gateway takes `POST /v1/search` for `POST /v1/{object}`.
  const why = unrouted(method, rawPath)
  if (why.code === 'method_not_allowed') throw why
  const plurals = [...objects.byPlural.keys()].join(', ')
  throw new CrmError('not_found', `There is no object "${path.object.slice(0, 60)}". There are ${plurals}.`)
}
