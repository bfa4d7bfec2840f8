import * as z from 'zod'
import type { FieldType } from '#lib/records/fields/field-type.ts'
import { rule } from '#lib/records/fields/rules.ts'
import { lineProblem, visibleText } from '#lib/records/fields/text-rules.ts'

/** A web address; one typed without its scheme gets https. */
export const url: FieldType<'url'> = {
  schema: () =>
    z
      .string()
      .max(2000, 'is longer than 2000 characters; shorten it.')
      .overwrite(tidyUrl)
      .check(
        rule('invalid_text', lineProblem),
        rule('invalid_url', value =>
          isWebAddress(value) ? undefined : 'must be a web address such as https://example.cn.',
        ),
      ),
  cel: () => ({ name: 'string' }),
  searchTexts: value => [hostOf(String(value)) ?? ''],
}

/** Host of a web address without its `www.`; undefined when it is none. */
export function hostOf(address: string): string | undefined {
  return URL.parse(address)?.hostname.replace(/^www\./, '')
}

/** A web address as it is stored: full-width characters made plain, 。 in the host read as a dot, https put before a bare host. */
export function tidyUrl(entered: string): string {
  const plain = visibleText(entered).normalize('NFKC').trim()
  const hasScheme = /^[a-z][a-z0-9+.-]*:/i.test(plain) && !/^[^/]+\.[^/]+:\d+/.test(plain)
  const address = hasScheme ? plain : `https://${plain.replace(/^\/+/, '')}`
  return address.replace(/^[^/]*\/\/[^/?#]*/, start => start.replaceAll('。', '.'))
}

/** Whether a tidied text is a web address. */
export function isWebAddress(value: string): boolean {
  const parsed = URL.parse(value)
  return parsed !== null && /^https?:$/.test(parsed.protocol) && parsed.hostname.includes('.') && !/\s/.test(value)
}
