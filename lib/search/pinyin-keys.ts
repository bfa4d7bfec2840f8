import { isCompoundSurname } from '#lib/normalize/surnames.ts'
import type { SearchKey, SearchText } from '#lib/search/keys.ts'
import { type NameWord, nameOf, type SearchName, withoutForm } from '#lib/search/names.ts'
import type { PinyinReader } from '#lib/search/pinyin.ts'

type Spoken = { syllables: string[]; initials: string[] }

/** Where people begin to say a name, counted in syllables, and whether they then type initials too. */
type Begin = { from: number; hasInitials: boolean }

/** Whether a text is said in Chinese, so that people may type it in pinyin. */
export function isSpoken({ kind, text }: SearchText): boolean {
  return kind === 'name' && /\p{Script=Han}/u.test(text)
}

/** What is said of a name is asked again by the next search. */
const known = new WeakMap<SearchName, SearchKey[]>()

/** The beginnings of a Chinese name as it is said: in full and by initials, from its start, after its place, and at a given name. */
export function pinyinKeys(text: SearchText, read: PinyinReader): SearchKey[] {
  if (!isSpoken(text)) return []
  const name = nameOf(text.text)
  const keys = known.get(name) ?? spokenKeys(name, read)
  known.set(name, keys)
  return keys
}

function spokenKeys(name: SearchName, read: PinyinReader): SearchKey[] {
  const words = withoutForm(name.words)
  const core = words.findIndex(word => word.kind !== 'region')
  const begins = [...wholeBegins(words, core), ...givenBegins(name)]
  return readingsOf(words, core, read).flatMap(spoken => begins.flatMap(begin => keysFrom(spoken, begin)))
}

/** Ways to say the words, each word a list of syllables; only the name's first word has several. */
function readingsOf(words: readonly NameWord[], core: number, read: PinyinReader): Spoken[][] {
  const first = words.map(
    (word): Spoken =>
      word.kind === 'latin' ? { syllables: [word.text], initials: [word.text] } : spokenAs(read.plain(word.text)),
  )
  const name = words[core]
  if (name?.kind !== 'han') return [first]
  return read.asName(name.text).map(syllables => first.map((spoken, i) => (i === core ? spokenAs(syllables) : spoken)))
}

function spokenAs(syllables: string[]): Spoken {
  return { syllables, initials: syllables.map(syllable => syllable.slice(0, 1)) }
}

/** At the start and after the places there. Nobody types the initials of a place with its rank (四川省: scs). */
function wholeBegins(words: readonly NameWord[], core: number): Begin[] {
  const places = words.slice(0, core).map(word => word.text)
  const isRanked = places.some(place => /[省市区州盟县]$/u.test(place))
  const after = [...places.join('')].length
  if (after === 0) return [{ from: 0, hasInitials: true }]
  return [
    { from: 0, hasInitials: !isRanked },
    { from: after, hasInitials: true },
  ]
}

/** At the given name of what may be a person: two characters after a family name. */
function givenBegins({ words, places }: SearchName): Begin[] {
  const [only] = words
  if (words.length !== 1 || places.length > 0 || only?.kind !== 'han') return []
  const characters = [...only.text]
  const family = isCompoundSurname(characters.slice(0, 2).join('')) ? 2 : 1
  return characters.length - family === 2 ? [{ from: family, hasInitials: false }] : []
}

function keysFrom(spoken: readonly Spoken[], { from, hasInitials }: Begin): SearchKey[] {
  const at = from === 0 ? 'start' : 'word'
  const said = spoken
    .flatMap(word => word.syllables)
    .slice(from)
    .join('')
  const short = spoken
    .flatMap(word => word.initials)
    .slice(from)
    .join('')
  const full: SearchKey = { text: said, at, by: 'pinyin', ...(from === 0 && { whole: said }) }
  return hasInitials ? [full, { text: short, at, by: 'initials', ...(from === 0 && { whole: short }) }] : [full]
}
