/** What each part of a rule may be; what is not listed is not taken. The time of day is the reminder's own. */
const parts: Record<string, { shape: RegExp; hint: string }> = {
  FREQ: { shape: /^(YEARLY|MONTHLY|WEEKLY|DAILY|HOURLY)$/, hint: 'YEARLY, MONTHLY, WEEKLY, DAILY or HOURLY' },
  INTERVAL: { shape: /^[1-9]\d{0,2}$/, hint: 'a whole number from 1 to 999' },
  COUNT: { shape: /^[1-9]\d{0,3}$/, hint: 'a whole number from 1 to 9999' },
  UNTIL: { shape: /^\d{8}(T\d{6}Z?)?$/, hint: 'a day or time such as 20261231 or 20261231T235959Z' },
  BYDAY: { shape: list('([+-]?[1-5])?(MO|TU|WE|TH|FR|SA|SU)'), hint: 'days such as MO,WE or -1FR' },
  BYMONTHDAY: { shape: list('-?([1-9]|[12]\\d|3[01])'), hint: 'days of the month such as 1,15 or -1' },
  BYMONTH: { shape: list('([1-9]|1[0-2])'), hint: 'months from 1 to 12' },
  BYSETPOS: { shape: list('-?[1-9]\\d{0,2}'), hint: 'places such as 1 or -1' },
  WKST: { shape: /^(MO|TU|WE|TH|FR|SA|SU)$/, hint: 'a day such as MO' },
}

/** A rule as it is kept: in capitals, without the name of the property in front. */
export function tidyRepeat(text: string): string {
  return text
    .trim()
    .toUpperCase()
    .replace(/^RRULE:/, '')
    .replace(/;$/, '')
}

/** What is wrong with a tidied rule, and how to mend it; undefined when it is right. */
export function repeatProblem(rule: string): string | undefined {
  const given = rule.split(';').map(part => part.split('=', 2))
  const names = given.map(([name = '']) => name)
  if (!names.includes('FREQ')) return 'must be a recurrence rule such as FREQ=WEEKLY;BYDAY=MO,WE.'
  const twice = names.find((name, i) => names.indexOf(name) !== i)
  if (twice !== undefined) return `has ${twice} twice; say it once.`
  for (const [name = '', value = ''] of given) {
    const part = parts[name]
    if (!part) return `has ${name || 'an empty part'}, which is not taken here; use ${Object.keys(parts).join(', ')}.`
    if (!part.shape.test(value)) return `has ${name}=${value}; ${name} must be ${part.hint}.`
  }
  return contradiction(rule, names)
}

function contradiction(rule: string, names: readonly string[]): string | undefined {
  if (names.includes('COUNT') && names.includes('UNTIL')) return 'has COUNT and UNTIL; say one of them.'
  const picks = names.filter(name => name.startsWith('BY'))
  if (rule.includes('FREQ=HOURLY') && picks.length > 0)
    return `has ${picks.join(' and ')}, which HOURLY does not take here; leave it out.`
  if (/FREQ=(DAILY|WEEKLY)/.test(rule) && /BYDAY=[^;]*\d/.test(rule))
    return 'has numbered days in BYDAY, which only MONTHLY and YEARLY take; write MO, not 1MO.'
  // A daily rule that never comes true would be sought through three million days.
  if (/FREQ=(DAILY|WEEKLY)/.test(rule) && (names.includes('BYMONTHDAY') || names.includes('BYSETPOS')))
    return 'has BYMONTHDAY or BYSETPOS, which DAILY and WEEKLY do not take here; use MONTHLY or YEARLY.'
  if (isNever(rule)) return 'names days that none of its months has; it would never come.'
  if (names.includes('BYSETPOS') && picks.length === 1) return 'has BYSETPOS alone; it picks among BYDAY or BYMONTHDAY.'
  return undefined
}

/** Whether no month of the rule has one of its days: 30 February. */
function isNever(rule: string): boolean {
  const numbers = (name: string) =>
    rule
      .match(new RegExp(`${name}=([^;]+)`))?.[1]
      ?.split(',')
      .map(Number) ?? []
  const [months, days] = [numbers('BYMONTH'), numbers('BYMONTHDAY')]
  if (months.length === 0 || days.length === 0) return false
  // 2024: a leap year.
  return months.every(month => days.every(day => Math.abs(day) > new Date(Date.UTC(2024, month, 0)).getUTCDate()))
}

function list(entry: string): RegExp {
  return new RegExp(`^${entry}(,${entry}){0,30}$`)
}
