import { type Comparison, comparison, textOf } from '#lib/duplicates/comparisons/comparison.ts'
import { isSlip } from '#lib/duplicates/comparisons/likeness.ts'
import { compareDates } from '#lib/normalize/date.ts'
import { fold, squeeze } from '#lib/normalize/text.ts'
import { hostOf } from '#lib/records/fields/url.ts'

/** Compares days such as birthdays. */
export function dateComparison(field: string): Comparison {
  return comparison<string>({
    name: 'date',
    field,
    key: 'date',
    isIdentity: true,
    levels: ['same', 'slip', 'part', 'different'],
    parse: fields => textOf(fields, field),
    compare: (a, b) => {
      const level = compareDates(a, b)
      return level === 'same' ? { level, value: a } : { level }
    },
  })
}

/** Compares numbers that name one company, such as tax ids. */
export function codeComparison(field: string): Comparison {
  return comparison<string>({
    name: 'code',
    field,
    isIdentity: true,
    levels: ['exact', 'near', 'different'],
    parse: fields => squeeze(fold(textOf(fields, field) ?? '')) || undefined,
    compare: (a, b) => ({ level: a === b ? 'exact' : a.length >= 10 && isSlip(a, b) ? 'near' : 'different' }),
  })
}

/** Compares websites by their host. */
export function websiteComparison(field: string): Comparison {
  return comparison<string>({
    name: 'website',
    field,
    key: 'domain',
    levels: ['exact', 'different'],
    parse: fields => hostOf(textOf(fields, field) ?? ''),
    compare: (a, b) => (a === b ? { level: 'exact', value: a } : { level: 'different' }),
  })
}

/** Compares job titles. */
export function roleComparison(field: string): Comparison {
  return comparison<string>({
    name: 'role',
    field,
    levels: ['same', 'different'],
    parse: fields => squeeze(fold(textOf(fields, field) ?? '')) || undefined,
    compare: (a, b) => ({ level: a.includes(b) || b.includes(a) ? 'same' : 'different' }),
  })
}
