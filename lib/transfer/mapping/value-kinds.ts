import type { MappingTarget } from '#lib/transfer/mapping/mapping-target.ts'
import { splitEmails, splitPhones } from '#lib/transfer/mapping/split-cell.ts'

const email = /^[^\s@]+@[^\s@]+\.[^\s@]+$/
const phone = /^\+?[\d\s()（）./-]{7,20}(?:\s*(?:转|ext\.?|x)\s*\d{1,6})?$/i
const web = /^(?:https?:\/\/|www\.)\S+$|^[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:com|cn|net|org|io|co|example)(?:\/\S*)?$/i
/** The 18 characters of China's unified social credit code. */
const creditCode = /^[159Y][1239]\d{6}[0-9A-HJ-NPQRTUWXY]{10}$/
/** Values that are needed before they say what a column is, and the share that must agree. */
const fewest = 3
const share = 0.8

/** The field that the values of a column are for when its header says nothing: e-mail addresses, phone numbers, web addresses, tax ids. */
export function kindOf(values: readonly string[]): string | undefined {
  const some = values.slice(0, 200)
  if (some.length < fewest) return undefined
  const kinds: [string, (value: string) => boolean][] = [
    ['emails', isEmail],
    ['phones', isPhone],
    ['taxId', value => creditCode.test(value)],
    ['website', value => web.test(value)],
  ]
  return kinds.find(([, test]) => some.filter(test).length >= some.length * share)?.[0]
}

/** Whether a value is of the kind that a place is for, as far as one can see. */
export function valuesFit({ definition }: MappingTarget, value: string): boolean {
  if (definition.type === 'emails') return value.includes('@') || value.includes('＠')
  if (definition.type === 'phones') return !value.includes('@') && value.replace(/\P{Nd}/gu, '').length >= 3
  if (definition.type === 'url') return value.includes('.') || value.includes('。')
  return true
}

function isEmail(value: string): boolean {
  return splitEmails(value).every(each => email.test(each))
}

/** Eight digits alone may be a date, and a short number anything. */
function isPhone(value: string): boolean {
  return splitPhones(value.normalize('NFKC')).every(each => phone.test(each) && each.replace(/\D/g, '').length >= 9)
}
