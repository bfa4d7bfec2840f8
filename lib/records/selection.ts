import { invalid } from '#lib/errors.ts'
import type { ObjectDefinition } from '#schemas/definition.ts'
import { serverFields } from '#schemas/server-fields.ts'

/**
 * Checks the names of a `fields=` selection.
 * @throws CrmError `unknown_field` naming each that the object does not have.
 */
export function checkSelection(object: ObjectDefinition, names: readonly string[]): void {
  const strangers = names.filter(name => !Object.hasOwn(object.fields, name) && !serverFields.some(own => own === name))
  if (strangers.length === 0) return
  const known = Object.keys(object.fields).join(', ')
  throw invalid(
    strangers.map(name => ({
      pointer: '?fields',
      code: 'unknown_field',
      detail: `${object.name} has no field ${JSON.stringify(name)}; its fields are ${known}.`,
    })),
  )
}
