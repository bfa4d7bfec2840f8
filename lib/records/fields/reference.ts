import * as z from 'zod'
import type { FieldType } from '#lib/records/fields/field-type.ts'
import { rule } from '#lib/records/fields/rules.ts'
import { isTypeId } from '#lib/runtime/ids.ts'
import { targetsOf } from '#schemas/definition.ts'
import { standardObjects } from '#schemas/registry.ts'

/** The id of another record; the engine checks that it exists and may be seen. */
export const reference: FieldType<'reference'> = {
  schema: field => idOf(...targetsOf(field)),
  cel: () => ({ name: 'string' }),
}

/** The id of a user. */
export const user: FieldType<'user'> = {
  schema: () => idOf('user'),
  cel: () => ({ name: 'string' }),
}

function idOf(...objects: readonly string[]): z.ZodType<string> {
  const prefixes = objects.map(object => standardObjects.byName.get(object)?.prefix ?? object)
  return z
    .string()
    .check(
      rule('invalid_reference', value =>
        prefixes.some(prefix => isTypeId(value, prefix))
          ? undefined
          : `must be the id of a ${objects.join(' or ')}: ${prefixes.map(prefix => `${prefix}_`).join(' or ')} and 26 characters.`,
      ),
    )
}
