import { type Comparison, comparison, textOf } from '#lib/duplicates/comparisons/comparison.ts'
import { isSlip, likeness } from '#lib/duplicates/comparisons/likeness.ts'
import { readingsOf, soundAlike, spells } from '#lib/duplicates/pinyin.ts'
import { isNameless, nameKey, type PersonName, parsePersonName } from '#lib/normalize/person-name.ts'
import { familyNameOf } from '#lib/normalize/surnames.ts'

const levels = ['exact', 'order', 'sound', 'near', 'part', 'title', 'family', 'different'] as const
type Level = (typeof levels)[number]

/** 0.9: `jonathan` and `jonathon` are above, `john` and `jane` below. */
const nearWord = 0.9

/** 6 characters: a compound family name and a long given name; what is longer is no name written the other way round. */
const longestTurned = 6
/** 20 characters: the longest names that people spell in letters. */
const longestSpelt = 20

/** A name with the key that tells how common it is. */
type Keyed = { name: PersonName; key: string | undefined }

/** Compares names of persons: word order, homophones, pinyin, slips, and a family name with a title. */
export function personNameComparison(field: string): Comparison {
  return comparison<Keyed>({
    name: 'personName',
    field,
    key: 'person',
    levels,
    parse(fields) {
      const text = textOf(fields, field)
      const name = text === undefined ? undefined : parsePersonName(text)
      return name === undefined || isNameless(name) ? undefined : { name, key: nameKey(name) }
    },
    compare: (a, b) => {
      const level = compareNames(a.name, b.name)
      const isSame = level === 'exact' || level === 'order'
      return isSame && a.key !== undefined ? { level, value: a.key } : { level }
    },
  })
}

/** How two names relate. */
function compareNames(a: PersonName, b: PersonName): Level {
  if (a.isFamilyOnly || b.isFamilyOnly) return a.isFamilyOnly ? withTitle(a, b) : withTitle(b, a)
  if (a.han !== '' && a.han === b.han) return 'exact'
  if (a.han !== '' && b.han !== '') return compareHan([...a.han], [...b.han])
  if (a.han !== '') return compareSpelling([...a.han], b.words)
  if (b.han !== '') return compareSpelling([...b.han], a.words)
  return compareWords(a.words, b.words)
}

function compareHan(a: string[], b: string[]): Level {
  if (a.length === b.length) {
    const turns = turnsOf(b)
    if (turns.some(turn => turn.join('') === a.join(''))) return 'order'
    if ([b, ...turns].some(turn => a.every((character, i) => soundAlike(character, turn[i] ?? '')))) return 'sound'
  }
  const [first, second] = [a.join(''), b.join('')]
  const isSameFamily = familyNameOf(first) === familyNameOf(second)
  if (isSameFamily && Math.max(a.length, b.length) > 2 && isSlip(first, second)) return 'near'
  return isSameFamily ? 'family' : 'different'
}

/** The given name written before the family name: every way to turn the characters. */
function turnsOf(characters: string[]): string[][] {
  if (characters.length > longestTurned) return []
  return characters.slice(1).map((_, i) => [...characters.slice(i + 1), ...characters.slice(0, i + 1)])
}

function compareSpelling(han: string[], words: readonly string[]): Level {
  if (han.length > longestSpelt) return 'different'
  const letters = words.join('')
  if ([han, ...turnsOf(han)].some(turn => spells(letters, turn))) return 'sound'
  const family = [...familyNameOf(han.join(''))]
  const isSameFamily = [words[0] ?? '', words.at(-1) ?? ''].some(word => spells(word, family))
  if (!isSameFamily) return 'different'
  const initials = words.filter(word => !spells(word, family)).join('')
  const given = han.slice(family.length)
  const isInitials =
    initials.length === given.length && given.every((c, i) => readingsOf(c).some(r => r[0] === initials[i]))
  return isInitials ? 'part' : 'family'
}

function withTitle(short: PersonName, other: PersonName): Level {
  if (short.han !== '' && other.han !== '')
    return other.han.startsWith(short.han) ? 'title' : soundsOfFamily(short.han, other.han)
  const han = short.han !== '' ? short.han : other.han
  const words = short.han !== '' ? other.words : short.words
  const family = [...(han === short.han ? han : familyNameOf(han))]
  if (han !== '') return words.some(word => spells(word, family)) ? 'title' : 'different'
  return other.words.includes(short.words[0] ?? '') ? 'title' : 'different'
}

function soundsOfFamily(short: string, full: string): Level {
  return full.endsWith(short) || soundAlike(short, familyNameOf(full)) ? 'title' : 'different'
}

function compareWords(a: readonly string[], b: readonly string[]): Level {
  // A given or a family name alone is no name: thousands share it.
  if (a.join('') === b.join('')) return a.length === 1 && b.length === 1 ? 'part' : 'exact'
  if ([...a].sort().join(' ') === [...b].sort().join(' ')) return 'order'
  const [short, long] = a.length <= b.length ? [a, b] : [b, a]
  if (short.length === 1 && long.length > 1) return compareOneWord(short[0] ?? '', long)
  const pairs = pairWords(short, long)
  const same = pairs.filter(value => value === 1).length
  if (pairs.every(value => value >= nearWord)) return pairs.length === long.length || same > 0 ? 'near' : 'part'
  if (likeness(a.join(''), b.join('')) >= 0.94) return 'near'
  const isHalf = pairs.some(value => value >= nearWord)
  if (isHalf && short.some(word => long.some(other => isInitial(word, other)))) return 'part'
  return isHalf ? 'family' : 'different'
}

/** Only one of the names is given. */
function compareOneWord(word: string, long: readonly string[]): Level {
  if (long.includes(word)) return 'part'
  return long.some(other => likeness(word, other) >= nearWord) || likeness(word, long.join('')) >= 0.94
    ? 'part'
    : 'different'
}

/** Each word of the shorter name with its best partner, each partner taken once. */
function pairWords(short: readonly string[], long: readonly string[]): number[] {
  const free = [...long]
  return [...short].sort().map(word => {
    const values = free.map(other => likeness(word, other))
    const best = Math.max(0, ...values)
    free.splice(values.indexOf(best), 1)
    return best
  })
}

/** `r` for `robert`, and `rob` too. */
function isInitial(a: string, b: string): boolean {
  return a !== b && (a.startsWith(b) || b.startsWith(a))
}
