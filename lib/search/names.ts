import { hanForms } from '#lib/normalize/legal-forms.ts'
import { isRegion, regionAt } from '#lib/normalize/regions.ts'
import { fold, squeeze, withoutAccents } from '#lib/normalize/text.ts'

/** A part of a name: a place it begins with, a run of Chinese characters, a word of another script, or the legal form at its end. */
export type NameWord = { kind: 'region' | 'han' | 'latin' | 'form'; text: string }

/** A name as search sees it: its words in order, and apart from them the places that stand in brackets: 华星（北京）科技. */
export type SearchName = { words: readonly NameWord[]; places: readonly string[] }

const formAtEnd = new RegExp(`(?:[分子]公司|${hanForms})$`, 'u')
/** Only what is no person's name in any spelling; `co` goes with the form that follows it. */
const latinForms = new Set(
  'ltd limited inc incorporated corp corporation company llc llp plc gmbh pte pty sdn bhd'.split(' '),
)
/** 市 and 县 begin these words as often as they end a place: 华夏市场. */
const noPlaceEnd = /^(?:场|民|政|面|价|值|容|长|级|委|立|属|井|区|城)/u
const bracketed = /[([【〔「《](.*?)[)\]】〕」》]/gu

/** Second forms of characters that stand in simplified text too, or that Taiwan and Hong Kong write otherwise. */
const otherForms: Readonly<Record<string, string>> = {
  锺: '钟',
  著: '着',
  甦: '苏',
  迳: '径',
  衞: '卫',
  么: '幺',
  鲶: '鲇',
}
const anyOtherForm = new RegExp(`[${Object.keys(otherForms).join('')}]`, 'gu')

/** Text as search compares it: full-width made plain, lower case, simplified characters, no accents. */
export function foldText(text: string): string {
  return withoutAccents(fold(text)).replace(anyOtherForm, form => otherForms[form] ?? form)
}

/** Takes a folded name apart; the legal form is kept only as what the name ends in. */
export function parseName(folded: string): SearchName {
  const places: string[] = []
  const open = folded.replace(bracketed, (_whole, inside: string) => {
    const text = squeeze(inside)
    if (!isRegion(text)) return ` ${inside} `
    places.push(text)
    return ''
  })
  const words = withRegions(withForms(splitWords(open)))
  return words.length > 0 ? { words, places } : { words: withForms(splitWords(folded)), places: [] }
}

/** Names taken apart lately: each is needed for writing and for pinyin, and by the next search again. */
const recent = new Map<string, SearchName>()
const maxRecent = 5_000

/** A name taken apart, as it stands in a record. */
export function nameOf(text: string): SearchName {
  const known = recent.get(text)
  if (known) return known
  const name = parseName(foldText(text))
  if (recent.size >= maxRecent) recent.clear()
  recent.set(text, name)
  return name
}

/** The words from a place on, as one text without spaces or punctuation. */
export function joined(words: readonly NameWord[]): string {
  return words.map(word => word.text).join('')
}

/** The name without its legal form. */
export function withoutForm(words: readonly NameWord[]): NameWord[] {
  return words.filter(word => word.kind !== 'form')
}

/** Runs of Chinese characters, and words of letters and digits: dots and apostrophes stay within a word (`o'brien`, `huaxing.cn`). */
function splitWords(text: string): NameWord[] {
  const words: NameWord[] = []
  for (const piece of text.match(/\p{Script=Han}+|[^\s\p{Script=Han}]+/gu) ?? []) {
    if (isHan(piece)) words.push({ kind: 'han', text: piece })
    else for (const word of latinWords(piece)) words.push({ kind: 'latin', text: word })
  }
  return words
}

function latinWords(piece: string): string[] {
  const parts = piece.includes('@') ? [piece] : piece.split(/[^\p{L}\p{N}\p{M}.'’_]+/u)
  return parts.map(squeeze).filter(word => word !== '')
}

function isHan(text: string): boolean {
  return /^\p{Script=Han}/u.test(text)
}

/** Marks the legal form, unless it is all there is. */
function withForms(words: readonly NameWord[]): NameWord[] {
  const last = words.at(-1)
  if (last?.kind === 'han') return [...words.slice(0, -1), ...hanAndForm(last.text, words.length === 1)]
  let from = words.length
  while (from > 1 && isLatinForm(words[from - 1]?.text ?? '', from < words.length)) from--
  return words.map((word, i) => (i < from ? word : { ...word, kind: 'form' }))
}

function hanAndForm(run: string, isAll: boolean): NameWord[] {
  const found = formAtEnd.exec(run)
  if (!found || (isAll && found.index === 0)) return [{ kind: 'han', text: run }]
  const form: NameWord = { kind: 'form', text: found[0] }
  return found.index === 0 ? [form] : [{ kind: 'han', text: run.slice(0, found.index) }, form]
}

function isLatinForm(word: string, isBeforeForm: boolean): boolean {
  return latinForms.has(word) || (isBeforeForm && (word === 'co' || word === 'and'))
}

/** Divides the places off that the name begins with. */
function withRegions(words: readonly NameWord[]): NameWord[] {
  const [first, ...others] = words
  if (first?.kind !== 'han') return [...words]
  const isCompany = others.some(word => word.kind === 'form')
  const regions: NameWord[] = []
  let rest = first.text
  for (let after = afterRegion(rest, isCompany); after !== undefined; after = afterRegion(rest, isCompany)) {
    regions.push({ kind: 'region', text: rest.slice(0, rest.length - after.length) })
    rest = after
  }
  return [...regions, { kind: 'han', text: rest }, ...others]
}

/** What follows the place at the start; a short name without a legal form may be a person's (吉安平). */
function afterRegion(text: string, isCompany: boolean): string | undefined {
  const region = regionAt(text)
  if (!region || noPlaceEnd.test(region.rest) || [...region.rest].length < 2) return undefined
  return region.isSure || isCompany || [...text].length >= 4 ? region.rest : undefined
}
