import { regionAt } from '#lib/normalize/regions.ts'
import { foldText, joined, type NameWord, parseName, withoutForm } from '#lib/search/names.ts'
import { shortened } from '#lib/search/tokens.ts'

/** Something that one text of a record must begin with, in one of several spellings; as it is said, in others too. */
export type Term = { starts: readonly string[]; spoken?: readonly string[] }

/** What was typed: all of it as one text, and, when it has several words, each of them. */
export type Query = { whole: Term; words: readonly Term[] }

/** 6 words a query: each is a read, and tells less than the one before. */
const maxWords = 6
/** 3 digits begin a phone number, 4 end one: fewer are part of a name. */
const [minBegin, minEnd] = [3, 4]
const digitsOnly = /^\+?[\d\s().-]+$/
const countryCode = /^(?:86|852|853|886|81|82|65|60|66|84|91|44|49|33|39|34|61|1|7)/

/** Reads what was typed; undefined when there is no letter, digit or Chinese character in it. */
export function parseQuery(text: string): Query | undefined {
  const folded = foldText(text)
  const digits = folded.replace(/\D/g, '')
  if (digits.length >= minBegin && digitsOnly.test(folded)) return { whole: digitsTerm(folded, digits), words: [] }
  const { words, places } = parseName(folded)
  const told = withoutForm(words)
  const texts = [...new Set([...told.map(wordText), ...places])].slice(0, maxWords)
  const whole = joined(told) + places.join('')
  if (whole === '') return undefined
  return { whole: { ...term(whole), ...turned(told) }, words: texts.length > 1 ? texts.map(term) : [] }
}

/** A place is looked for without its rank: 北京市 is in 北京华星 too. */
function wordText({ kind, text }: NameWord): string {
  return kind === 'region' ? (regionAt(text)?.place ?? text) : text
}

/** What tokens begin with that a term may mean. */
export function lookUps({ starts, spoken = [] }: Term): string[] {
  return [...new Set([...starts, ...spoken].map(shortened))]
}

/** Two words in Latin letters may be a Chinese name the English way round: Na Li is 李娜. */
function turned(words: readonly NameWord[]): Pick<Term, 'spoken'> {
  const [first, second] = words
  const isName = words.length === 2 && words.every(({ text }) => /^[a-z]+$/.test(text))
  return first && second && isName ? { spoken: [second.text + first.text] } : {}
}

function term(text: string): Term {
  return /^\d+$/.test(text) ? digitsTerm(text, text) : { starts: [text] }
}

/** Digits may stand in a name (360), begin a phone number or end one. */
function digitsTerm(typed: string, digits: string): Term {
  const number = digits.replace(/^0+/, '')
  const isInternational = /^(?:\+|00)/.test(typed)
  const national = isInternational ? number.replace(countryCode, '').replace(/^0+/, '') : number
  const begin = national.length >= minBegin ? [`+${national}`] : []
  // With its zero too: 0755 may be an area to leave off, and the last four digits.
  const ends = [...new Set([digits, number, national])].filter(end => end.length >= minEnd)
  return { starts: [digits, ...begin, ...ends.map(end => `-${[...end].reverse().join('')}`)] }
}
