import { address } from '#lib/records/fields/address.ts'
import { emails } from '#lib/records/fields/emails.ts'
import type { FieldType } from '#lib/records/fields/field-type.ts'
import { json } from '#lib/records/fields/json.ts'
import { list } from '#lib/records/fields/list.ts'
import { phones } from '#lib/records/fields/phones.ts'
import { scalarTypes } from '#lib/records/fields/scalar-types.ts'
import { multiSelect } from '#lib/records/fields/select.ts'
import { tags } from '#lib/records/fields/tags.ts'
import type { FieldDefinition, ScalarFieldDefinition } from '#schemas/definition.ts'

type Others = Exclude<FieldDefinition['type'], ScalarFieldDefinition['type']>

const others: { [T in Others]: FieldType<T> } = { address, emails, json, list, multiSelect, phones, tags }
const byType = { ...scalarTypes, ...others } as unknown as Record<FieldDefinition['type'], FieldType>

/** What the engine knows about a field's type. */
export function typeOf(field: FieldDefinition): FieldType {
  return byType[field.type]
}
