import { nullable, type Schema } from '#functions/api/openapi/fields.ts'
import { ruleNames } from '#lib/quality/types.ts'

const line = (maxLength: number, description: string): Schema => ({ type: 'string', maxLength, description })
const label: Schema = line(40, 'What it is for, such as work or 办公.')
const status: Schema = { type: 'string', enum: ['valid', 'invalid', 'unverified'] }
const primary: Schema = { type: 'boolean', description: 'The one to use; one entry of the list is.' }

const entry = (properties: Record<string, Schema>, required: string[]): Schema => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
})

const addressParts = {
  country: { type: 'string', pattern: '^[A-Z]{2}$', description: 'ISO 3166-1 alpha-2.' },
  province: line(60, 'Province or state.'),
  city: line(60, 'City.'),
  district: line(60, 'District.'),
  street: line(300, 'Street and number.'),
  postalCode: line(20, 'Postal code.'),
}

const amount: Schema = { type: 'string', pattern: '^-?\\d{1,15}(\\.\\d{1,4})?$', description: 'A decimal, as text.' }
const currency: Schema = { type: 'string', pattern: '^[A-Z]{3}$', description: 'ISO 4217; the tenant’s unless told.' }

const issue = entry(
  {
    rule: { type: 'string', enum: [...ruleNames], description: 'Which rule is broken.' },
    field: { type: 'string', description: 'The field to look at; absent where the whole record is meant.' },
    severity: { type: 'string', enum: ['error', 'warning', 'info'] },
    points: { type: 'integer', minimum: 0, maximum: 100, description: 'What it takes off the score.' },
    detail: { type: 'string', description: 'What is wrong.' },
    fix: { type: 'string', description: 'What to do about it.' },
  },
  ['rule', 'severity', 'points', 'detail', 'fix'],
)

const quality: Schema = {
  ...entry(
    {
      score: { type: 'integer', minimum: 0, maximum: 100, description: '100: nothing to complain of.' },
      issues: { type: 'array', items: issue, description: 'Without those of fields that the caller does not see.' },
    },
    ['score', 'issues'],
  ),
  description:
    'How good the data is, judged anew with each answer: it can change by time and by what happens to other records, while ' +
    'version and `ETag` stay. Filter by it: `record.quality.score < 60`.',
  readOnly: true,
}

/** Values of several parts that fields of many objects hold. */
export const valueSchemas: Record<string, Schema> = {
  Email: entry({ value: { type: 'string' }, label, primary, status }, ['value', 'primary', 'status']),
  EmailInput: entry({ value: { type: 'string', maxLength: 254 }, label, primary, status }, ['value']),
  Phone: entry(
    {
      value: { type: 'string', description: 'E.164, such as +8613912345678.' },
      entered: { type: 'string', description: 'As somebody typed it.' },
      extension: { type: 'string' },
      label,
      primary,
      status,
    },
    ['value', 'primary', 'status'],
  ),
  PhoneInput: entry(
    {
      value: line(60, 'As people write it; without a country code it is of the tenant’s region.'),
      entered: line(60, 'As somebody typed it, when `value` is already normalised.'),
      extension: { type: 'string', pattern: '^\\d{1,10}$' },
      label,
      primary,
      status,
    },
    ['value'],
  ),
  Address: entry(addressParts, []),
  AddressInput: entry(addressParts, []),
  AddressPatch: entry(
    Object.fromEntries(Object.entries(addressParts).map(([name, part]) => [name, nullable(part)])),
    [],
  ),
  Money: entry({ amount, currency }, ['amount', 'currency']),
  MoneyInput: entry({ amount, currency }, ['amount']),
  MoneyPatch: entry({ amount, currency }, []),
  Quality: quality,
}
