import { fold, squeeze } from '#lib/normalize/text.ts'

/** Names people use that are not those of the Unicode tables. */
const others: Record<string, string> = {
  中国大陆: 'CN',
  中华人民共和国: 'CN',
  prc: 'CN',
  'p.r. china': 'CN',
  'mainland china': 'CN',
  "people's republic of china": 'CN',
  香港: 'HK',
  中国香港: 'HK',
  'hong kong': 'HK',
  澳门: 'MO',
  中国澳门: 'MO',
  macau: 'MO',
  macao: 'MO',
  台湾: 'TW',
  中国台湾: 'TW',
  taiwan: 'TW',
  usa: 'US',
  'u.s.a.': 'US',
  'u.s.': 'US',
  'united states of america': 'US',
  america: 'US',
  uk: 'GB',
  'great britain': 'GB',
  england: 'GB',
  korea: 'KR',
  'republic of korea': 'KR',
  南韩: 'KR',
  'viet nam': 'VN',
  'the netherlands': 'NL',
  holland: 'NL',
  'czech republic': 'CZ',
  uae: 'AE',
  阿联酋: 'AE',
}

let codes: Map<string, string> | undefined

/** The ISO 3166-1 code of a country that is given by its code or its English or Chinese name. */
export function countryCode(text: string): string | undefined {
  codes ??= readCodes()
  return codes.get(squeeze(fold(text)))
}

function readCodes(): Map<string, string> {
  const map = new Map<string, string>()
  const names = ['en', 'zh'].map(locale => new Intl.DisplayNames(locale, { type: 'region', fallback: 'none' }))
  const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ']
  for (const code of letters.flatMap(first => letters.map(second => first + second))) {
    // Only codes in use: an old one (BU, UK) is called what the new one is. ZZ (unknown region) and the like are no countries.
    if (new Intl.Locale(`und-${code}`).region !== code || /^(?:ZZ|EU|EZ|UN|QO|XA|XB)$/.test(code)) continue
    const known = names.map(each => each.of(code))
    if (known[0] === undefined) continue
    for (const name of [code, ...known]) if (name !== undefined) map.set(squeeze(fold(name)), code)
  }
  for (const [name, code] of Object.entries(others)) map.set(squeeze(fold(name)), code)
  return map
}
