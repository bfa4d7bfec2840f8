/** 60 tokens a record: enough for a long name, e-mails and phones; bounds what one write costs. */
const maxTokens = 60
/** 40 characters of a word tell it apart; longer tokens only cost. */
const maxTokenLength = 40
/** 12 words a query: each is a read. */
const maxTerms = 12
/** 7 digits: shorter ones may be part of a name. */
const phoneQuery = /^\+?[\d\s().-]{7,}$/
const email = /^[^\s@]+@[^\s@]+\.[^\s@]+$/
const legalSuffix = /(集团)?(股份)?(有限)?(责任)?(公司|厂|店|中心|合伙企业)$/u

/** Text as search compares it: full-width made plain, lower case. */
export function foldText(text: string): string {
  return text.toWellFormed().normalize('NFKC').toLowerCase().trim()
}

/** What a record with these texts can be found by. */
export function tokensOf(texts: readonly string[]): string[] {
  const tokens = new Set<string>()
  for (const text of texts) for (const token of textTokens(foldText(text))) tokens.add(shortened(token))
  return [...tokens].slice(0, maxTokens)
}

/** What to look up for a query: every part must be found. */
export function queryTerms(query: string): string[] {
  const folded = foldText(query)
  const digits = folded.replace(/\D/g, '')
  if (phoneQuery.test(folded) && digits.length >= 7) return [shortened(digits.replace(/^0+/, ''))]
  const terms = folded.split(/\s+/).flatMap(part => (email.test(part) ? [part] : wordTerms(part)))
  return [...new Set(terms)].slice(0, maxTerms).map(shortened)
}

function wordTerms(text: string): string[] {
  return words(text).flatMap(word => (isHan(word) ? hanQueryTerms(word) : [word]))
}

/** Cut between characters: half of one could not be stored. */
function shortened(token: string): string {
  return token.length <= maxTokenLength ? token : [...token].slice(0, maxTokenLength).join('')
}

function textTokens(text: string): string[] {
  if (/^\+\d+$/.test(text)) return phoneTokens(text.slice(1))
  // The part before the @ is how the whole begins: it needs no token of its own.
  if (email.test(text)) return [text, text.slice(text.lastIndexOf('@') + 1)]
  return words(text).flatMap(word => (isHan(word) ? hanTokens(word) : [word]))
}

/** The whole number, without the country code China's and America's customers leave out, and its last four digits. */
function phoneTokens(digits: string): string[] {
  const national = digits.replace(/^(86|1)(?=\d{10,11}$)/, '')
  return [digits, national, digits.slice(-4)]
}

/** Runs of Chinese characters, and words of letters and digits of any other script. */
function words(text: string): string[] {
  return text.match(/\p{Script=Han}+|[^\s\p{Script=Han}\p{P}\p{S}]+(?:[@._+-][^\s\p{Script=Han}\p{P}\p{S}]+)*/gu) ?? []
}

function isHan(word: string): boolean {
  return /^\p{Script=Han}/u.test(word)
}

/** Every pair of neighbours, and the last character: any part of a name can then be found. */
function hanTokens(word: string): string[] {
  const characters = [...withoutSuffix(word)]
  return characters.map((character, i) => character + (characters[i + 1] ?? ''))
}

function hanQueryTerms(word: string): string[] {
  const characters = [...withoutSuffix(word)]
  return characters.length < 2 ? characters : hanTokens(word).slice(0, -1)
}

/** 有限公司 and the like stand in every company name: they find nothing. */
function withoutSuffix(word: string): string {
  return word.replace(legalSuffix, '') || word
}
