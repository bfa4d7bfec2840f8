/** 60 tokens a record: enough for a long name, e-mails and phones; bounds what one write costs. */
const maxTokens = 60
/** 40 characters of a word tell it apart; longer tokens only cost. */
const maxTokenLength = 40
const legalSuffix = /(集团)?(股份)?(有限)?(责任)?(公司|厂|店|中心|合伙企业)$/u

/** Text as search compares it: full-width made plain, lower case. */
export function foldText(text: string): string {
  return text.normalize('NFKC').toLowerCase().trim()
}

/** What a record with these texts can be found by. */
export function tokensOf(texts: readonly string[]): string[] {
  const tokens = new Set<string>()
  for (const text of texts) for (const token of textTokens(foldText(text))) tokens.add(token.slice(0, maxTokenLength))
  return [...tokens].slice(0, maxTokens)
}

/** What to look up for a query: every part must be found. */
export function queryTerms(query: string): string[] {
  const terms = words(foldText(query)).flatMap(word => (isHan(word) ? hanQueryTerms(word) : [word]))
  return [...new Set(terms)].map(term => term.slice(0, maxTokenLength))
}

function textTokens(text: string): string[] {
  if (/^\+\d+$/.test(text)) return phoneTokens(text.slice(1))
  if (text.includes('@')) return [text, ...text.split('@')]
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
