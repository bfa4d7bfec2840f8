import { utcOf } from '#lib/runtime/zoned-time.ts'
import { type CellResult, wrong } from '#lib/transfer/mapping/cell-result.ts'
import type { DateOrder } from '#lib/transfer/mapping/mapping-target.ts'

/** How a column writes its dates (`''`: not told), and the time zone that times without one belong to. */
export type DateReading = { order: DateOrder | ''; timeZone: string }

type Day = { year: number; month: number; day: number }
type Clock = { hour: number; minute: number; second: number; zone: string }

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const monthName = '(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\\.?'
const yearFirst = /^(\d{4})\s*(?:[-/.]|年)\s*(\d{1,2})\s*(?:[-/.]|月)\s*(\d{1,2})\s*[日号]?$/
const compact = /^(\d{4})(\d{2})(\d{2})$/
const yearLast = /^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})$/
const monthFirst = new RegExp(`^${monthName}\\s+(\\d{1,2})(?:st|nd|rd|th)?,?\\s+(\\d{4})$`, 'i')
const dayFirst = new RegExp(`^(\\d{1,2})(?:st|nd|rd|th)?[-\\s]${monthName}[-\\s,]+(\\d{4})$`, 'i')
const shortYear = /^\d{1,2}[-/.]\d{1,2}[-/.]\d{2}$/
const clock =
  /[T\s]*(?:(上午|下午|凌晨|早上|中午|晚上|[ap]m)\s*)?(\d{1,2})(?::|点|时)(\d{1,2})?(?:(?::|分)(\d{1,2})(?:[.,]\d+)?秒?|分)?\s*([ap]\.?m\.?)?\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2})?$/i
/** 1954 to 2119 as Excel counts days; smaller ones are more likely numbers of something else. */
const serial = /^[2-7]\d{4}(?:\.\d+)?$/

/**
 * A day: 2024-06-03, 2024/6/3, 2024年6月3日, 20240603, 3 June 2024; 03/06/2024 where the order is told or only one can be; Excel's day numbers where told.
 * A time behind it is dropped.
 */
export function convertDate(text: string, { order }: DateReading): CellResult<string> {
  const plain = tidy(text)
  if (serial.test(plain)) return fromSerial(plain, order, moment => moment.slice(0, 10))
  const time = clock.exec(plain)
  const found = dayOf(time && time.index > 0 ? plain.slice(0, time.index) : plain, order)
  return 'year' in found ? { value: isoDay(found) } : found
}

/** A moment in UTC: a day as above with a time; without one it is midnight. A time without an offset is in the given time zone. */
export function convertDateTime(text: string, { order, timeZone }: DateReading): CellResult<string> {
  const plain = tidy(text)
  if (serial.test(plain)) return fromSerial(plain, order, moment => utcOf(moment, timeZone))
  const time = clock.exec(plain)
  const found = dayOf(time && time.index > 0 ? plain.slice(0, time.index) : plain, order)
  if (!('year' in found)) return found
  const at = time && time.index > 0 ? clockOf(time) : { hour: 0, minute: 0, second: 0, zone: '' }
  if (!at) return wrong('invalid_time', 'has no such time of day; write it like 2024-06-03 14:30.')
  const local = `${isoDay(found)}T${two(at.hour)}:${two(at.minute)}:${two(at.second)}`
  return { value: at.zone === '' ? utcOf(local, timeZone) : new Date(`${local}${at.zone}`).toISOString() }
}

/** The order that the values of a column give away; `''` when they do not, or contradict each other. */
export function dateOrderOf(values: readonly string[]): DateOrder | '' {
  const plain = values.map(tidy)
  if (plain.length > 0 && plain.filter(value => serial.test(value)).length >= plain.length * 0.9) return 'excel'
  const parts = plain.flatMap(value => {
    const found = yearLast.exec(value.split(/[T\s]/)[0] ?? '')
    return found ? [[Number(found[1]), Number(found[2])] as const] : []
  })
  const hasDayFirst = parts.some(([first, second]) => first > 12 && second <= 12)
  const hasMonthFirst = parts.some(([first, second]) => first <= 12 && second > 12)
  if (hasDayFirst === hasMonthFirst) return ''
  return hasDayFirst ? 'dmy' : 'mdy'
}

function tidy(text: string): string {
  return text
    .normalize('NFKC')
    .replace(/[\u2010-\u2015]/g, '-')
    .replace(/(?:周|星期|礼拜)[一二三四五六日天]|\((?:周|星期)?[一二三四五六日天]\)/gu, '')
    .replace(/^(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,?\s+/i, '')
    .replace(/\s+/g, ' ')
    .trim()
}

function dayOf(text: string, order: DateOrder | ''): Day | { code: string; problem: string } {
  const plain = text.trim()
  const [, year, month, day] = yearFirst.exec(plain) ?? compact.exec(plain) ?? []
  if (year) return checkedDay(Number(year), Number(month), Number(day))
  const [, name, dayOfName, yearOfName] = monthFirst.exec(plain) ?? []
  if (name) return checkedDay(Number(yearOfName), monthNumber(name), Number(dayOfName))
  const [, dayBefore, nameBehind, yearBehind] = dayFirst.exec(plain) ?? []
  if (nameBehind) return checkedDay(Number(yearBehind), monthNumber(nameBehind), Number(dayBefore))
  const [, first, second, last] = yearLast.exec(plain) ?? []
  if (first) return orderedDay(Number(first), Number(second), { year: Number(last), order })
  if (shortYear.test(plain)) return wrong('ambiguous_date', 'has a year of two digits; write it like 2024-06-03.')
  return wrong('invalid_date', 'is no date; write it like 2024-06-03.')
}

function orderedDay(first: number, second: number, { year, order }: { year: number; order: DateOrder | '' }) {
  if (order === 'dmy' || (order !== 'mdy' && first > 12)) return checkedDay(year, second, first)
  if (order === 'mdy' || second > 12 || first === second) return checkedDay(year, first, second)
  return wrong(
    'ambiguous_date',
    'can be two days; map the column to the field with .dmy (day first) or .mdy (month first), or write it like 2024-06-03.',
  )
}

function checkedDay(year: number, month: number, day: number): Day | { code: string; problem: string } {
  const date = new Date(Date.UTC(year, month - 1, day))
  const exists = date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day
  if (exists && year >= 1000) return { year, month, day }
  return wrong('invalid_date', 'is no day of the calendar; write it like 2024-06-03.')
}

function clockOf([, before = '', hours, minutes = '0', seconds = '0', after = '', zone = '']: RegExpExecArray):
  | Clock
  | undefined {
  const half = (before || after).toLowerCase().replaceAll('.', '')
  let hour = Number(hours)
  if (/pm|下午|晚上/.test(half) && hour < 12) hour += 12
  if (/am|上午|凌晨|早上/.test(half) && hour === 12) hour = 0
  const [minute, second] = [Number(minutes), Number(seconds)]
  if (hour > 23 || minute > 59 || second > 59) return undefined
  const offset = /^[+-]\d{4}$/.test(zone) ? `${zone.slice(0, 3)}:${zone.slice(3)}` : zone.toUpperCase()
  return { hour, minute, second, zone: /^(UTC|GMT)$/.test(offset) ? 'Z' : offset }
}

function fromSerial(text: string, order: DateOrder | '', take: (moment: string) => string): CellResult<string> {
  // Day 0 is 30 December 1899: Excel counts a 29 February 1900 that never was.
  const time = Math.round((Number(text) - 25_569) * 86_400) * 1000
  const moment = new Date(time).toISOString().slice(0, 19)
  if (order === 'excel') return { value: take(moment) }
  const day = moment.slice(0, 10)
  const fix = `map the column to the field with .excel, or format the column as a date and save again.`
  return wrong('excel_date', `is Excel's number of a day (${day}, unless it was made on an old Mac); ${fix}`)
}

function monthNumber(name: string): number {
  return months.indexOf(name.toLowerCase().slice(0, 3)) + 1
}

function isoDay({ year, month, day }: Day): string {
  return `${year}-${two(month)}-${two(day)}`
}

function two(value: number): string {
  return String(value).padStart(2, '0')
}
