import { type Comparison, comparison } from '#lib/duplicates/comparisons/comparison.ts'
import { isSlip } from '#lib/duplicates/comparisons/likeness.ts'
import { companyDomainOf, isDeskMailbox, mailboxOf, mailNameOf } from '#lib/normalize/email.ts'
import { phoneUse } from '#lib/normalize/phone.ts'
import { valuesOf } from '#lib/records/fields/emails.ts'
import { entryKeyOf } from '#lib/records/fields/list.ts'
import type { FieldOf } from '#schemas/definition.ts'

type Level = { level: string; value?: string }

type Mailbox = { text: string; name: string; isDesk: boolean; domain: string | undefined }

/** Compares e-mail addresses: the same mailbox, a desk's, a slip, the same name elsewhere. */
export function emailComparison(field: string): Comparison {
  const levels = ['exact', 'name', 'near', 'desk', 'domain', 'different']
  return comparison<Mailbox[]>({
    name: 'email',
    field,
    key: 'email',
    levels,
    parse: fields => filled(valuesOf(fields[field] ?? null).map(parseMailbox)),
    compare: (a, b) => best(levels, a, b, compareMailboxes),
  })
}

/** Compares phone numbers of a use: `mobile` a person's own, `desk` those colleagues share, `any` all. */
export function phoneComparison(field: string, use: 'mobile' | 'desk' | 'any'): Comparison {
  const levels = ['exact', 'near', 'different']
  const isWanted = (value: string) => use === 'any' || (phoneUse(value) === 'desk') === (use === 'desk')
  return comparison<string[]>({
    name: use === 'any' ? 'phone' : use,
    field,
    key: 'phone',
    levels,
    isIdentity: use === 'mobile',
    parse: fields => filled(valuesOf(fields[field] ?? null).filter(isWanted)),
    compare: (a, b) => best(levels, a, b, compareNumbers),
  })
}

/** Compares accounts of messengers and the like. */
export function handleComparison(field: string, definition: FieldOf<'list'>): Comparison {
  const levels = ['exact', 'different']
  return comparison<string[]>({
    name: 'handle',
    field,
    key: 'handle',
    levels,
    isIdentity: true,
    parse(fields) {
      const list = fields[field]
      const keys = Array.isArray(list) ? list.map(entry => entryKeyOf(entry, definition.entryKey) ?? '') : []
      return filled(keys.filter(Boolean).map(key => key.toLowerCase()))
    },
    compare: (a, b) => best(levels, a, b, (x, y) => (x === y ? { level: 'exact', value: x } : { level: 'different' })),
  })
}

function filled<T>(values: T[]): T[] | undefined {
  return values.length > 0 ? values : undefined
}

/** The most telling outcome among all pairs of values. */
function best<T>(levels: string[], a: readonly T[], b: readonly T[], compare: (x: T, y: T) => Level): Level {
  let found: Level = { level: 'different' }
  for (const x of a)
    for (const y of b) {
      const outcome = compare(x, y)
      if (levels.indexOf(outcome.level) < levels.indexOf(found.level)) found = outcome
    }
  return found
}

function parseMailbox(email: string): Mailbox {
  const text = mailboxOf(email)
  return { text, name: mailNameOf(text), isDesk: isDeskMailbox(text), domain: companyDomainOf(text) }
}

function compareMailboxes(a: Mailbox, b: Mailbox): Level {
  if (a.text === b.text) return { level: a.isDesk ? 'desk' : 'exact', value: a.text }
  if (!a.isDesk && !b.isDesk && Math.min(a.name.length, b.name.length) >= 5) {
    if (a.name === b.name) return { level: 'name' }
    if (isSlip(a.name, b.name)) return { level: 'near' }
  }
  return { level: a.domain !== undefined && a.domain === b.domain ? 'domain' : 'different' }
}

function compareNumbers(a: string, b: string): Level {
  if (a === b) return { level: 'exact', value: a }
  return { level: a.length >= 10 && isSlip(a, b) ? 'near' : 'different' }
}
