import variants from 'opencc-js/dict/TSCharacters'

/** Traditional characters and their simplified ones; filled with the first Chinese text. */
let simplified: { byCode: Uint16Array; rare: Map<string, string> } | undefined

/** Text as it is compared: full-width made plain, lower case, traditional characters simplified, nothing invisible, single spaces. */
export function fold(text: string): string {
  const lower = isPlain(text) ? text.toLowerCase() : foldScripts(text)
  return /\s\s|^\s|\s$|[^\S ]/u.test(lower) ? lower.replace(/\s+/gu, ' ').trim() : lower
}

/** Without accents: `é` is `e`, `ß` is `ss`. */
export function withoutAccents(text: string): string {
  if (/^[\p{ASCII}\p{Script=Han}]*$/u.test(text)) return text
  return text
    .normalize('NFD')
    .replace(/\p{Mn}/gu, '')
    .normalize('NFC')
    .replace(/[ßæœøłđðþ]/gu, letter => letterPairs[letter] ?? letter)
}

/** Letters and digits only. */
export function squeeze(text: string): string {
  return text.replace(/[\s\p{P}\p{S}]/gu, '')
}

/** Whether a text has a Chinese character. */
export function hasHan(text: string): boolean {
  return /\p{Script=Han}/u.test(text)
}

const letterPairs: Record<string, string> = { ß: 'ss', æ: 'ae', œ: 'oe', ø: 'o', ł: 'l', đ: 'd', ð: 'd', þ: 'th' }

/** Most e-mail addresses and Latin names: nothing to do but lower case. */
function isPlain(text: string): boolean {
  return /^[\x20-\x7e]*$/.test(text)
}

function foldScripts(text: string): string {
  // Chinese characters and ASCII are their own NFKC.
  if (/^[\x20-\x7e\u4e00-\u9fff]*$/.test(text)) return toSimplified(text.toLowerCase())
  const plain = toSimplified(text.toWellFormed().normalize('NFKC').toLowerCase())
  return /[\p{Cf}\p{Cc}]/u.test(plain) ? plain.replace(/[\p{Cf}\p{Cc}]/gu, c => (/\s/.test(c) ? ' ' : '')) : plain
}

/** Character by character: a key must not hang on its neighbours. */
function toSimplified(text: string): string {
  if (!hasHan(text)) return text
  simplified ??= readVariants()
  const { byCode, rare } = simplified
  let result = ''
  let from = 0
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    const other = byCode[code] ?? 0
    if (other === 0) continue
    result += text.slice(from, i) + String.fromCharCode(other)
    from = i + 1
  }
  const common = from === 0 ? text : result + text.slice(from)
  return /[\ud800-\udbff]/.test(common)
    ? [...common].map(character => rare.get(character) ?? character).join('')
    : common
}

/** Most characters are one unit of UTF-16 and so are their simplified ones; the rest go by their text. */
function readVariants(): { byCode: Uint16Array; rare: Map<string, string> } {
  const byCode = new Uint16Array(0x10000)
  const rare = new Map<string, string>()
  for (const entry of variants.split('|')) {
    const [from = '', to = ''] = entry.split(' ')
    if (from.length === 1 && to.length === 1) byCode[from.charCodeAt(0)] = to.charCodeAt(0)
    else if (from.length > 1) rare.set(from, to)
  }
  return { byCode, rare }
}
