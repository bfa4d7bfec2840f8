import { hasHan } from '#lib/normalize/text.ts'

/** A person's whole name: 张 and 伟 are 张伟, Zoë and Müller are Zoë Müller. */
export function joinName(first: string, last: string): string {
  return hasHan(last + first) ? `${last}${first}` : `${first} ${last}`.trim()
}
