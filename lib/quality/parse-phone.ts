import { isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js/max'
import { isChineseService, isInChinesePlan } from '#lib/normalize/phone.ts'
import { plainPhone } from '#lib/records/fields/phones.ts'
import { visibleText } from '#lib/records/fields/text-rules.ts'

/** What the numbering plans say of a text; `e164` and `extension` only of a number. */
type ParsedPhone = { isValid: boolean; isPossible: boolean; e164?: string; extension?: string }

/** 20,000 texts: what a segment of a cleanup meets again and again is parsed once. */
const knownLimit = 20_000
const known = new Map<string, ParsedPhone>()

/** 10 digits: the longest extension that is stored. */
const longestExtension = 10

/** Reads a phone number however it was written; the whole text must be one number, of that region unless it says its country. */
export function parsePhone(text: string, region: string): ParsedPhone {
  const key = `${region}${text}`
  const hit = known.get(key)
  if (hit) return hit
  const parsed = parseAnew(text, region)
  if (known.size >= knownLimit) known.clear()
  known.set(key, parsed)
  return parsed
}

function parseAnew(text: string, region: string): ParsedPhone {
  const plain = plainPhone(visibleText(text)).trim()
  if (region === 'CN' && isChineseService(plain)) return { isValid: true, isPossible: true }
  if (isInChinesePlan(plain.replace(/[\s-]/g, ''))) return parsedAs(plain, region, true)
  return parsedAs(plain, region, false)
}

function parsedAs(plain: string, region: string, isKnown: boolean): ParsedPhone {
  const own = isSupportedCountry(region) ? { defaultCountry: region } : {}
  const number = parsePhoneNumberFromString(plain, { ...own, extract: false })
  const extension = number?.ext
  if (!number || (extension ?? '').length > longestExtension) return { isValid: isKnown, isPossible: isKnown }
  const isValid = isKnown || number.isValid() || isInChinesePlan(number.number)
  return {
    isValid,
    isPossible: isValid || number.isPossible(),
    e164: number.number,
    ...(extension ? { extension } : {}),
  }
}
