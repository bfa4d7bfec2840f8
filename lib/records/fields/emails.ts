import { domainToASCII } from 'node:url'
import * as z from 'zod'
import type { FieldType } from '#lib/records/fields/field-type.ts'
import { onePrimary } from '#lib/records/fields/primary.ts'
import { entryLabel, listOf, rule } from '#lib/records/fields/rules.ts'
import { visibleText } from '#lib/records/fields/text-rules.ts'
import { isJsonObject, type Json } from '#schemas/json.ts'

/** 20 keeps a record with all its match keys within a transaction of 100 items. */
export const maxEmails = 20

const email = z.strictObject({
  value: z
    .string()
    .overwrite(tidyEmail)
    .check(
      rule('invalid_email', value =>
        isEmail(value) ? undefined : 'must be an e-mail address such as li.na@example.cn.',
      ),
    ),
  label: entryLabel(),
  primary: z.boolean().default(false),
  status: z.enum(['valid', 'invalid', 'unverified'], 'must be valid, invalid or unverified.').default('unverified'),
})

/** E-mail addresses, each once, one of them primary. */
export const emails: FieldType<'emails'> = {
  schema: () => listOf(email, maxEmails).overwrite(onePrimary) as unknown as z.ZodType<Json>,
  cel: (_field, path) => ({
    name: `list<${path}>`,
    types: { [path]: { value: 'string', label: 'string', primary: 'bool', status: 'string' } },
  }),
  mask: value => mapValues(value, maskEmail),
  searchTexts: value => valuesOf(value),
}

/** The `value` of each entry of an e-mail or phone list. */
export function valuesOf(list: Json): string[] {
  if (!Array.isArray(list)) return []
  return list.flatMap(entry => (isJsonObject(entry) && typeof entry['value'] === 'string' ? [entry['value']] : []))
}

/** The entries of a list with each `value` changed and the text as entered left out. */
export function mapValues(list: Json, change: (value: string) => string): Json {
  if (!Array.isArray(list)) return '***'
  return list.map(entry => {
    if (!isJsonObject(entry)) return '***'
    const { entered: _entered, ...rest } = entry
    return { ...rest, value: change(String(entry['value'])) }
  })
}

/** An address as it is stored: full-width characters made plain, spaces, `mailto:` and angle brackets around it dropped, the domain in lower case. */
export function tidyEmail(entered: string): string {
  const plain = visibleText(entered)
    .normalize('NFKC')
    .trim()
    .replace(/^<(.*)>$/, '$1')
    .replace(/^mailto:/i, '')
  const at = plain.lastIndexOf('@')
  // A Chinese keyboard writes 。 for the dot.
  return at < 0 ? plain : plain.slice(0, at) + plain.slice(at).toLowerCase().replaceAll('。', '.')
}

/** Whether a tidied text is an address: RFC 5321 sizes and RFC 5322 dot-atoms, international characters allowed (RFC 6531); no quoted names, no addresses in brackets. */
export function isEmail(value: string): boolean {
  const at = value.lastIndexOf('@')
  const local = value.slice(0, at)
  if (at < 1 || Buffer.byteLength(local) > 64 || value.length > 254) return false
  const domain = domainToASCII(value.slice(at + 1))
  const isLocal = /^[^\s@"(),:;<>[\]\\.\p{C}]+(\.[^\s@"(),:;<>[\]\\.\p{C}]+)*$/u.test(local)
  const isDomain = /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])$/.test(domain)
  return isLocal && isDomain && !/\.\d+$/.test(domain)
}

function maskEmail(value: string): string {
  const at = value.lastIndexOf('@')
  return `${value.slice(0, 1)}***${value.slice(at)}`
}
