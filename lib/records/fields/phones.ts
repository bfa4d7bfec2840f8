import type { CountryCode, PhoneNumber } from 'libphonenumber-js'
import * as z from 'zod'
import { mapValues, valuesOf } from '#lib/records/fields/emails.ts'
import type { FieldSettings, FieldType } from '#lib/records/fields/field-type.ts'
import { onePrimary } from '#lib/records/fields/primary.ts'
import type { Json } from '#schemas/json.ts'

type Parse = (text: string, region: CountryCode) => PhoneNumber | undefined

/** 20 keeps a record with all its match keys within a transaction of 100 items. */
const maxItems = 20
const chineseDigits = '〇一二三四五六七八九'
const hint = 'must be a phone number such as 13912345678, 010-62345678 or +44 20 7946 0018.'

/** 120 KB of numbering plans: loaded with the first phone number, not with the function. */
let parsePhone: Parse | undefined

/** Phone numbers in E.164, the text as entered kept, one of them primary. */
export const phones: FieldType<'phones'> = {
  async prepare() {
    parsePhone ??= (await import('libphonenumber-js/min')).parsePhoneNumberFromString
  },
  schema: (_field, settings) =>
    z
      .array(phone(settings))
      .max(maxItems, `has more than ${maxItems} entries; remove some.`)
      .overwrite(onePrimary) as z.ZodType<Json>,
  cel: (_field, path) => ({
    name: `list<${path}>`,
    types: {
      [path]: {
        value: 'string',
        entered: 'string',
        extension: 'string',
        label: 'string',
        primary: 'bool',
        status: 'string',
      },
    },
  }),
  mask: value => mapValues(value, maskPhone),
  searchTexts: value => valuesOf(value),
}

function phone(settings: FieldSettings) {
  return z
    .strictObject({
      value: z.string().max(60, 'is longer than 60 characters; shorten it.'),
      entered: z.string().max(60, 'is longer than 60 characters; shorten it.').optional(),
      extension: z
        .string()
        .regex(/^\d{1,10}$/, 'must be 1 to 10 digits.')
        .optional(),
      label: z.string().max(40, 'is longer than 40 characters; shorten it.').optional(),
      primary: z.boolean().default(false),
      status: z.enum(['valid', 'invalid', 'unverified'], 'must be valid, invalid or unverified.').optional(),
    })
    .transform((entry, ctx) => {
      const parsed = parsePhone?.(plainPhone(entry.value), settings.phoneRegion as CountryCode)
      if (!parsed?.isPossible()) {
        ctx.issues.push({
          code: 'custom',
          message: hint,
          input: entry.value,
          path: ['value'],
          params: { code: 'invalid_phone' },
        })
        return z.NEVER
      }
      return {
        ...entry,
        value: String(parsed.number),
        entered: entry.entered ?? entry.value,
        ...(parsed.ext ? { extension: String(parsed.ext) } : {}),
        // A number that no plan knows cannot be dialled: said at once, but kept, since a person typed it.
        status: entry.status ?? (parsed.isValid() ? 'unverified' : 'invalid'),
      }
    })
}

/** Full-width and Chinese digits made plain, 转 read as an extension. */
function plainPhone(entered: string): string {
  return entered
    .normalize('NFKC')
    .trim()
    .replace(/[〇一二三四五六七八九]/gu, digit => String(chineseDigits.indexOf(digit)))
    .replace(/[—–－﹣]/gu, '-')
    .replace(/\s*(?:转|轉|分机|分機)\s*[:：]?\s*/u, ' ext. ')
}

function maskPhone(value: string): string {
  return `${value.slice(0, -8)}****${value.slice(-4)}`
}
