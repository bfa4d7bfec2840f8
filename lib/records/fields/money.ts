import * as z from 'zod'
import type { FieldType } from '#lib/records/fields/field-type.ts'
import { isJsonObject } from '#schemas/json.ts'

/** An amount as decimal text, so that no cent is lost, and an ISO 4217 currency. */
export const money: FieldType<'money'> = {
  schema: (_field, settings) =>
    z.strictObject({
      amount: z
        .string('must be text such as "12.50", not a number, so that no cent is lost.')
        .regex(/^-?\d{1,15}(\.\d{1,4})?$/, 'must be a decimal such as "12.50": 15 digits and 4 decimals at most.'),
      currency: z
        .enum(Intl.supportedValuesOf('currency'), 'must be an ISO 4217 code such as CNY.')
        .default(settings.currency),
    }),
  cel: (_field, path) => ({ name: path, types: { [path]: { amount: 'double', currency: 'string' } } }),
  toCel: value => (isJsonObject(value) ? { ...value, amount: Number(value['amount']) } : value),
}
