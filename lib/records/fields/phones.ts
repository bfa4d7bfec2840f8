import type { CountryCode, PhoneNumber } from 'libphonenumber-js'
import * as z from 'zod'
import { isInChinesePlan } from '#lib/normalize/phone.ts'
import { mapValues, valuesOf } from '#lib/records/fields/emails.ts'
import type { FieldSettings, FieldType } from '#lib/records/fields/field-type.ts'
import { onePrimary } from '#lib/records/fields/primary.ts'
import { entryLabel, lineOfText, listOf } from '#lib/records/fields/rules.ts'
import { lineProblem, visibleText } from '#lib/records/fields/text-rules.ts'
import type { Json } from '#schemas/json.ts'

type Parse = (text: string, region: CountryCode) => PhoneNumber | undefined

/** 20 keeps a record with all its match keys within a transaction of 100 items. */
export const maxPhones = 20
const chineseDigits = '〇一二三四五六七八九'
/** `0755-88888888-801`: how an extension is written in China. */
const chineseExtension = /^((?:\+?86[-\s]?|\(?0)[\d()\s-]{2,6}[\s)-]\d{7,8})-(\d{1,6})$/
const hint = 'must be a phone number such as 13912345678, 010-62345678 or +44 20 7946 0018.'

/** 180 KB of numbering plans, with those of mobile numbers: loaded with the first phone number, not with the function. */
let parsePhone: Parse | undefined

/** Phone numbers in E.164, the text as entered kept, one of them primary. */
export const phones: FieldType<'phones'> = {
  async prepare() {
    parsePhone ??= (await import('libphonenumber-js/max')).parsePhoneNumberFromString
  },
  schema: (_field, settings) => listOf(phone(settings), maxPhones).overwrite(onePrimary) as unknown as z.ZodType<Json>,
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
      value: z.string().overwrite(visibleText).pipe(lineOfText(60, lineProblem)),
      entered: z.string().overwrite(visibleText).pipe(lineOfText(60, lineProblem)).optional(),
      extension: z
        .string()
        .regex(/^\d{1,10}$/, 'must be 1 to 10 digits.')
        .optional(),
      label: entryLabel(),
      primary: z.boolean().default(false),
      status: z.enum(['valid', 'invalid', 'unverified'], 'must be valid, invalid or unverified.').optional(),
    })
    .transform((entry, ctx) => {
      const parsed = parsePhone?.(plainPhone(entry.value), settings.phoneRegion as CountryCode)
      if (!parsed?.isPossible() || String(parsed.ext ?? '').length > 10) {
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
        status: entry.status ?? (parsed.isValid() || isInChinesePlan(parsed.number) ? 'unverified' : 'invalid'),
      }
    })
}

/** A number as the numbering plans read it: full-width and Chinese digits made plain, 转 read as an extension. */
export function plainPhone(entered: string): string {
  return entered
    .normalize('NFKC')
    .trim()
    .replaceAll('零', '〇')
    .replace(/[〇一二三四五六七八九]/gu, digit => String(chineseDigits.indexOf(digit)))
    .replace(/[—–－﹣]/gu, '-')
    .replace(/\s*(?:转|轉|分机|分機)\s*[:：]?\s*/u, ' ext. ')
    .replace(chineseExtension, '$1 ext. $2')
}

function maskPhone(value: string): string {
  return `${value.slice(0, -8)}****${value.slice(-4)}`
}
