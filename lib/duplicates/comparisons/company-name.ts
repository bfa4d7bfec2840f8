import { type Comparison, comparison, textOf } from '#lib/duplicates/comparisons/comparison.ts'
import { editLikeness, likeness } from '#lib/duplicates/comparisons/likeness.ts'
import { type CompanyName, parseCompanyName } from '#lib/normalize/company-name.ts'
import { regionAt } from '#lib/normalize/regions.ts'
import { hasHan, squeeze } from '#lib/normalize/text.ts'

const levels = ['exact', 'region', 'short', 'near', 'part', 'different'] as const
type Level = (typeof levels)[number]

/** Words that tell no company from another. */
const fillers = new Set('the of and in at on la le les el los de du des a an'.split(' '))

/** Compares names of companies: legal forms and places aside, short forms and slips allowed for. */
export function companyNameComparison(field: string): Comparison {
  return comparison<CompanyName>({
    name: 'companyName',
    field,
    key: 'name',
    levels,
    parse(fields) {
      const text = textOf(fields, field)
      return text === undefined ? undefined : parseCompanyName(text)
    },
    compare: (a, b) => {
      const level = compareCompanies(a, b)
      return level === 'exact' ? { level, value: squeeze(a.root) } : { level }
    },
  })
}

type Employer = { name: CompanyName | undefined; id: string | undefined }

/** Compares where persons work: by the customer they belong to, else by the name as typed. */
export function employerComparison(field: string, parentField: string | undefined): Comparison {
  return comparison<Employer>({
    name: 'employer',
    field,
    levels,
    parse(fields) {
      const text = textOf(fields, field)
      const id = parentField === undefined ? undefined : textOf(fields, parentField)
      if (text === undefined && id === undefined) return undefined
      return { name: text === undefined ? undefined : parseCompanyName(text), id }
    },
    compare: (a, b) => {
      if (a.id !== undefined && a.id === b.id) return { level: 'exact' }
      if (a.name && b.name) return { level: compareCompanies(a.name, b.name) }
      return a.id !== undefined && b.id !== undefined ? { level: 'different' } : undefined
    },
  })
}

/** How two company names relate. */
function compareCompanies(a: CompanyName, b: CompanyName): Level {
  const isElsewhere = a.region !== '' && b.region !== '' && a.region !== b.region
  if (a.root === b.root) return isElsewhere && hasHan(a.root) ? 'region' : 'exact'
  return hasHan(a.root) || hasHan(b.root) ? compareHan(brandOf(a.root), brandOf(b.root)) : compareLatin(a.root, b.root)
}

/** A place without its rank stays in a root, since it may be the brand; comparing looks behind it. */
function brandOf(root: string): string {
  const region = regionAt(root)
  return region && [...region.rest].length >= 2 ? region.rest : root
}

function compareHan(a: string, b: string): Level {
  const [short, long] = a.length <= b.length ? [a, b] : [b, a]
  if (short.length >= 2 && long.startsWith(short)) return 'short'
  if (short.length >= 3 && long.includes(short)) return 'short'
  if (short.length >= 4 && editLikeness(a, b) >= 0.75) return 'near'
  return short.length >= 3 && short.slice(0, 3) === long.slice(0, 3) ? 'part' : 'different'
}

function compareLatin(a: string, b: string): Level {
  const [first, second] = [wordsOf(a), wordsOf(b)]
  const [short, long] = first.length <= second.length ? [first, second] : [second, first]
  const joined = likeness(first.join(''), second.join(''))
  if (joined === 1 || [...first].sort().join(' ') === [...second].sort().join(' ')) return 'exact'
  if (short.every(word => long.some(other => isSameWord(word, other))))
    return short.length === long.length ? 'near' : short.length > 1 || (short[0]?.length ?? 0) > 3 ? 'short' : 'part'
  if (joined >= 0.93 || editLikeness(first.join(''), second.join('')) >= 0.85) return 'near'
  const shared = short.filter(word => word.length > 2 && long.some(other => isSameWord(word, other))).length
  return shared > 0 && shared * 2 >= short.length ? 'part' : 'different'
}

/** A slip apart, or `deli` for `delicatessen`. */
function isSameWord(a: string, b: string): boolean {
  const [short, long] = a.length <= b.length ? [a, b] : [b, a]
  return (short.length >= 4 && long.startsWith(short)) || likeness(a, b) >= 0.92
}

function wordsOf(root: string): string[] {
  const words = root.split(' ')
  const telling = words.filter(word => !fillers.has(word))
  return telling.length > 0 ? telling : words
}
