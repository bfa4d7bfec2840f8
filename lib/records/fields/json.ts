import * as z from 'zod'
import type { FieldType } from '#lib/records/fields/field-type.ts'
import { rule } from '#lib/records/fields/rules.ts'
import type { Json } from '#schemas/json.ts'

/** 64 KB: leaves room for the rest of the record and its change in 400 KB items. */
const maxBytes = 65_536

/** Any JSON value, kept as it is. */
export const json: FieldType<'json'> = {
  schema: () =>
    z
      .custom<Json>(value => value !== undefined)
      .check(
        rule('too_long', value =>
          Buffer.byteLength(JSON.stringify(value)) > maxBytes ? 'is larger than 64 KB; shorten it.' : undefined,
        ),
      ),
  cel: () => ({ name: 'dyn' }),
}
