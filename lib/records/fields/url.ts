import * as z from 'zod'
import type { FieldType } from '#lib/records/fields/field-type.ts'
import { rule } from '#lib/records/fields/rules.ts'

/** A web address; one typed without its scheme gets https. */
export const url: FieldType<'url'> = {
  schema: () =>
    z
      .string()
      .max(2000, 'is longer than 2000 characters; shorten it.')
      .overwrite(value => withScheme(value.normalize('NFKC').trim()))
      .check(
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

function withScheme(value: string): string {
  return /^[a-z][a-z0-9+.-]*:/i.test(value) && !/^[^/]+\.[^/]+:\d+/.test(value) ? value : `https://${value}`
}

function isWebAddress(value: string): boolean {
  const parsed = URL.parse(value)
  return parsed !== null && /^https?:$/.test(parsed.protocol) && parsed.hostname.includes('.') && !/\s/.test(value)
}
