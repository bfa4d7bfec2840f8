import { type SearchKey, type SearchText, textKeys } from '#lib/search/keys.ts'
import { openPinyin } from '#lib/search/pinyin.ts'
import { isSpoken, pinyinKeys } from '#lib/search/pinyin-keys.ts'

/** The way records become tokens; a change of it that moves tokens counts one up, and asks for `npm run reindex`. */
export const tokenScheme = 2

/** 100 tokens a record: enough for long names and twenty phones; bounds what one write costs. */
const maxTokens = 100
/** 20 characters of a name tell it apart; longer tokens only cost. */
const maxTokenLength = 20

/** What a record with these texts can be found by: a token serves everyone who types the beginning of it. */
export async function tokensOf(texts: readonly SearchText[]): Promise<string[]> {
  const written = texts.flatMap(textKeys)
  const spoken = texts.some(isSpoken) ? await spokenKeysOf(texts) : []
  return withoutBeginnings([...written, ...spoken].map(key => shortened(key.text))).slice(0, maxTokens)
}

/** Cut between characters: half of one could not be stored. */
export function shortened(token: string): string {
  return token.length <= maxTokenLength ? token : [...token].slice(0, maxTokenLength).join('')
}

async function spokenKeysOf(texts: readonly SearchText[]): Promise<SearchKey[]> {
  const read = await openPinyin()
  return texts.flatMap(text => pinyinKeys(text, read))
}

/** Drops each token that another one begins with, which then serves for both. */
function withoutBeginnings(tokens: readonly string[]): string[] {
  const sorted = [...new Set(tokens)].sort()
  const needless = new Set(sorted.filter((token, i) => sorted[i + 1]?.startsWith(token)))
  return [...new Set(tokens)].filter(token => !needless.has(token))
}
