import * as z from 'zod'

/** Query parameters are texts; `meta` tells the OpenAPI document what they stand for. */

/** Most records, changes or hits on a page. */
const largestPage = 200

/** `true` or `false`, and nothing else. */
export const flag = (description: string) =>
  z
    .string()
    .meta({ type: 'boolean', default: false, description })
    .refine(text => text === 'true' || text === 'false', 'must be true or false')
    .transform(text => text === 'true')
    .optional()

/** How many entries a page has: 1 to 200. */
export const limit = (standard: number) =>
  z
    .string()
    .meta({ type: 'integer', minimum: 1, maximum: largestPage, default: standard, description: 'Entries on a page.' })
    .refine(isPageSize, `must be a whole number from 1 to ${largestPage}`)
    .transform(Number)
    .default(standard)

/** Where the next page starts, as the page before said in `nextCursor`. */
export const cursor = z
  .string()
  .min(1)
  .max(4096)
  .meta({ description: 'Where to go on: `nextCursor` of the page before, with the same other parameters.' })
  .optional()

/** A moment; kept in UTC with milliseconds. */
export const moment = (description: string) =>
  z
    .string()
    .meta({ format: 'date-time', description, examples: ['2026-01-31T08:00:00.000Z'] })
    .transform(mendPlus)
    .pipe(z.iso.datetime({ offset: true, message: 'must be an RFC 3339 time such as 2026-01-31T08:00:00Z' }))
    .transform(text => new Date(text).toISOString())
    .optional()

/** Names separated by commas. */
export const names = (description: string) =>
  z
    .string()
    .min(1, 'must name at least one')
    .max(4096)
    .meta({ description })
    .transform(text => text.split(','))
    .optional()

function isPageSize(text: string): boolean {
  return /^[1-9][0-9]{0,2}$/.test(text) && Number(text) <= largestPage
}

/** A `+` of a time zone that was not percent-encoded arrives as a space. */
function mendPlus(text: string): string {
  return text.replace(/ (?=\d\d:\d\d$)/, '+')
}
