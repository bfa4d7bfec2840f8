import { type CellResult, wrong } from '#lib/transfer/mapping/cell-result.ts'
import { currencyCodes } from '#lib/transfer/mapping/currency-codes.ts'

/** What people write for currencies; `$` and `¥` are those of the tenant's own currency where it has that sign. */
const signs: Record<string, string> = {
  US$: 'USD',
  HK$: 'HKD',
  NT$: 'TWD',
  A$: 'AUD',
  C$: 'CAD',
  S$: 'SGD',
  RMB: 'CNY',
  'CN¥': 'CNY',
  'JP¥': 'JPY',
  人民币: 'CNY',
  美元: 'USD',
  美金: 'USD',
  欧元: 'EUR',
  英镑: 'GBP',
  日元: 'JPY',
  港币: 'HKD',
  港元: 'HKD',
  新台币: 'TWD',
  块: 'CNY',
  元: 'CNY',
  圆: 'CNY',
  '€': 'EUR',
  '£': 'GBP',
  '₩': 'KRW',
  '₹': 'INR',
}
const dollars = new Set(['USD', 'AUD', 'CAD', 'HKD', 'TWD', 'SGD', 'NZD', 'MXN'])
const notNumber = wrong('invalid_number', 'is no number; write it like 1234.5.')
const unclear = wrong('ambiguous_number', 'may be a decimal comma or a thousands separator; write it like 1234.5.')

/** A number: 1,234.5, １２３４, (12) for -12, 12万, 1.5亿. A comma before three digits is a thousands separator; one that may be a decimal comma is not guessed at. */
export function convertNumber(text: string): CellResult<number> {
  const decimal = toDecimal(text)
  if (!('value' in decimal)) return decimal
  return { value: Number(decimal.value) }
}

/** An amount and its currency: ¥1,234.50, CNY 12, 12 USD, 3.5万元. `column` is the currency that the column's path names, else the tenant's counts. */
export function convertMoney(text: string, { column, tenant }: { column: string; tenant: string }): CellResult {
  const plain = text.normalize('NFKC').trim()
  const found = currencyIn(plain, tenant)
  const decimal = toDecimal(found.rest)
  if (!('value' in decimal))
    return decimal === unclear ? unclear : wrong('invalid_money', 'is no amount; write it like 1234.50 or CNY 1234.50.')
  if (!/^-?\d{1,15}(\.\d{1,4})?$/.test(decimal.value))
    return wrong('invalid_money', 'has more than 15 digits or 4 decimals; write it like 1234.50.')
  return { value: { amount: decimal.value, currency: found.currency ?? (column || tenant) } }
}

/** Decimal text, exact: no digit passes through a double. */
function toDecimal(text: string): { value: string } | typeof notNumber {
  let plain = text
    .normalize('NFKC')
    .replace(/[\s'’]/g, '')
    .replace(/[−–—]/g, '-')
  const isNegative = /^-|^\(.*\)$|-$/.test(plain)
  plain = plain.replace(/^\((.*)\)$/, '$1').replace(/^[+-]|-$/g, '')
  const unit = /(万|亿|千)$/.exec(plain)?.[1]
  if (unit) plain = plain.slice(0, -1)
  const digits = withoutSeparators(plain)
  if (digits === undefined) return notNumber
  if (digits === '') return unclear
  const shifted = unit ? shift(digits, { 千: 3, 万: 4, 亿: 8 }[unit] ?? 0) : digits
  const tidy = shifted.replace(/^0+(?=\d)/, '')
  return { value: isNegative && /[1-9]/.test(tidy) ? `-${tidy}` : tidy }
}

/** Digits with a point; '' where a comma may be either; undefined when it is no number. */
function withoutSeparators(text: string): string | undefined {
  if (/^\d+(\.\d+)?$|^\.\d+$/.test(text)) return text.startsWith('.') ? `0${text}` : text
  if (/^\d{1,3}(,\d{3})+(\.\d+)?$|^\d{1,4}(,\d{4}){2,}(\.\d+)?$/.test(text)) return text.replaceAll(',', '')
  if (/^\d{1,3}(\.\d{3})+,\d+$/.test(text)) return text.replaceAll('.', '').replace(',', '.')
  return /^\d+,\d+$|^\d{1,3}(\.\d{3}){2,}$/.test(text) ? '' : undefined
}

function shift(digits: string, places: number): string {
  const [whole = '', fraction = ''] = digits.split('.')
  const moved = whole + fraction.padEnd(places, '0').slice(0, places)
  const rest = fraction.slice(places)
  return rest === '' ? moved : `${moved}.${rest}`
}

function currencyIn(text: string, tenant: string): { currency?: string; rest: string } {
  const sign = Object.keys(signs).find(
    candidate => text.toUpperCase().startsWith(candidate) || text.toUpperCase().endsWith(candidate),
  )
  if (sign && !(sign === '元' && /[美欧日港]元$/.test(text)))
    return { currency: signs[sign] ?? tenant, rest: without(text, sign) }
  const code = /^([A-Za-z]{3})\s*(?=[-(\d.])|(?<=[\d.)万亿])\s*([A-Za-z]{3})$/.exec(text)
  const name = (code?.[1] ?? code?.[2] ?? '').toUpperCase()
  if (code && currencyCodes().has(name)) return { currency: name, rest: text.replace(code[0], '') }
  if (/^-?\$|\$$/.test(text)) return { currency: dollars.has(tenant) ? tenant : 'USD', rest: text.replace('$', '') }
  if (/^-?¥|¥$/.test(text)) return { currency: tenant === 'JPY' ? 'JPY' : 'CNY', rest: text.replace('¥', '') }
  return { rest: text }
}

function without(text: string, sign: string): string {
  const upper = text.toUpperCase()
  return upper.startsWith(sign) ? text.slice(sign.length) : text.slice(0, -sign.length)
}
