import { type SearchKey, type SearchText, textKeys } from '#lib/search/keys.ts'
import type { PinyinReader } from '#lib/search/pinyin.ts'
import { isSpoken, pinyinKeys } from '#lib/search/pinyin-keys.ts'
import type { Query, Term } from '#lib/search/query.ts'

/** How good a hit is, 0 to 100, and the fields that matched. */
export type Judgement = { score: number; fields: string[] }

type Match = { score: number; field: string }

/** As written before as spoken: whatever is found by pinyin ranks below. */
const scores = {
  text: { whole: 100, start: 80, word: 60, part: 40, outsideTitle: -10 },
  pinyin: { whole: 28, start: 26, word: 22, part: 22, outsideTitle: -5 },
  initials: { whole: 24, start: 20, word: 16, part: 16, outsideTitle: -5 },
} as const
/** Words found here and there tell less than all of it in one place. */
const scattered = -5
const lowestWritten = 30

/**
 * Holds a record's texts against what was typed: all of it must begin one of their keys, or else each word of it.
 * @param read when given, Chinese texts are also held against it as they are said.
 */
export function judge(
  query: Query,
  texts: readonly SearchText[],
  { titleField, read }: { titleField: string; read?: PinyinReader | undefined },
): Judgement | undefined {
  const keys = texts.flatMap(text => keysOf(text, read).map(key => ({ key, field: text.field })))
  const matchesOf = (term: Term) =>
    keys.flatMap(({ key, field }): Match[] => {
      const score = scoreOf(key, term, field === titleField)
      return score === undefined ? [] : [{ score, field }]
    })
  const whole = matchesOf(query.whole)
  if (whole.length > 0) return { score: best(whole), fields: fieldsOf(whole) }
  const words = query.words.map(matchesOf)
  if (words.length === 0 || words.some(matches => matches.length === 0)) return undefined
  return { score: scatteredScore(words.map(best)), fields: fieldsOf(words.flat()) }
}

/** Whether pinyin could match: it is typed in Latin letters, and something is said in Chinese. */
export function mayBeSpoken(query: Query, texts: readonly SearchText[]): boolean {
  return [query.whole, ...query.words].some(isLatin) && texts.some(isSpoken)
}

function isLatin({ starts }: Term): boolean {
  return starts.some(start => /^[a-z]/.test(start))
}

function keysOf(text: SearchText, read: PinyinReader | undefined): SearchKey[] {
  return read ? [...textKeys(text), ...pinyinKeys(text, read)] : textKeys(text)
}

function scoreOf(key: SearchKey, term: Term, isTitle: boolean): number | undefined {
  const starts = key.by === 'text' ? term.starts : [...term.starts, ...(term.spoken ?? [])]
  if (!starts.some(start => key.text.startsWith(start))) return undefined
  const score = scores[key.by]
  const isWhole = key.whole !== undefined && starts.includes(key.whole)
  return score[isWhole ? 'whole' : key.at] + (isTitle ? 0 : score.outsideTitle)
}

function scatteredScore(words: readonly number[]): number {
  const lowest = Math.min(...words)
  return lowest < lowestWritten ? Math.max(1, lowest + scattered) : Math.max(lowestWritten, lowest + scattered)
}

function best(matches: readonly Match[]): number {
  return Math.max(...matches.map(({ score }) => score))
}

function fieldsOf(matches: readonly Match[]): string[] {
  return [...new Set(matches.map(({ field }) => field))]
}
