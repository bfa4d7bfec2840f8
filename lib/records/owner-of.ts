import type { CompiledObject } from '#lib/records/compile.ts'
import type { StoredRecord } from '#lib/store/items.ts'
import type { Json } from '#schemas/json.ts'

/** Id of the user who owns the record. */
export function ownerOf(object: Pick<CompiledObject, 'definition'>, record: StoredRecord): string | undefined {
  const { ownerField } = object.definition
  if (ownerField === 'id') return record.id
  return ownerField ? textOf(record.fields[ownerField]) : undefined
}

/** Id of the team the record belongs to. */
export function teamOf(object: Pick<CompiledObject, 'definition'>, record: StoredRecord): string | undefined {
  const { teamField } = object.definition
  return teamField ? textOf(record.fields[teamField]) : undefined
}

/** A value that is a text. */
export function textOf(value: Json | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined
}
