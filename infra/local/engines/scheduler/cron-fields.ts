/** A field of an AWS cron expression: its values, their names, and the wildcards that only it knows. */
type Field = { name: string; lowest: number; highest: number; names: readonly string[]; special?: RegExp }

const months = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC']
const weekdays = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT']

const fields: readonly Field[] = [
  { name: 'minutes', lowest: 0, highest: 59, names: [] },
  { name: 'hours', lowest: 0, highest: 23, names: [] },
  { name: 'day-of-month', lowest: 1, highest: 31, names: [], special: /^(\?|L|([1-9]|[12]\d|3[01])W)$/ },
  { name: 'month', lowest: 1, highest: 12, names: months },
  { name: 'day-of-week', lowest: 1, highest: 7, names: weekdays, special: /^(\?|L|[1-7]L|[1-7]#[1-5])$/ },
  { name: 'year', lowest: 1970, highest: 2199, names: [] },
]

/**
 * The six fields of an AWS cron expression (minutes, hours, day of month, month, day of week with 1 for Sunday, year) in the
 * words of croner, seconds first. Throws an Error that says what AWS would refuse.
 */
export function cronerPattern(text: string): string {
  const parts = text.trim().split(/\s+/)
  if (parts.length !== fields.length) throw new Error(`cron() has six fields, not ${parts.length}`)
  if ([parts[2], parts[4]].filter(part => part === '?').length !== 1) {
    throw new Error('exactly one of day-of-month and day-of-week must be ?')
  }
  return ['0', ...fields.map((field, index) => fieldPattern(field, parts[index] ?? ''))].join(' ')
}

function fieldPattern(field: Field, written: string): string {
  const text = withNumbers(written.toUpperCase(), field.names)
  if (field.special?.test(text)) return special(field, text)
  return text
    .split(',')
    .map(item => itemPattern(field, item, written))
    .join(',')
}

/** Names by their numbers; the first month and the first day are 1. */
function withNumbers(text: string, names: readonly string[]): string {
  return text.replace(/[A-Z]{3}/g, name => (names.includes(name) ? String(names.indexOf(name) + 1) : name))
}

/** `L` in the day of the week is the last day of the week: Saturday. */
function special({ name }: Field, text: string): string {
  if (text === '?') return '*'
  return name === 'day-of-week' && text === 'L' ? '7' : text
}

/** `*`, `a`, `a-b`, each with an optional `/step`; `a/step` goes on to the highest value. */
function itemPattern(field: Field, item: string, written: string): string {
  const match = /^(?:\*|(\d{1,4})(?:-(\d{1,4}))?)(?:\/(\d{1,4}))?$/.exec(item)
  const [, first, last, step] = match ?? []
  const { name, lowest, highest } = field
  const [low, high] = [Number(first ?? lowest), Number(last ?? first ?? highest)]
  if (!match || low < lowest || high > highest || low > high) {
    throw new Error(`${name} is ${written}, not within ${lowest} to ${highest}`)
  }
  if (step === undefined) return item
  if (Number(step) < 1 || Number(step) > highest) throw new Error(`${name} is ${written}: no such step`)
  return `${low}-${last ?? highest}/${step}`
}
