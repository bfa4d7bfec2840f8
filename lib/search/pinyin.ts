import { familyNameOf } from '#lib/normalize/surnames.ts'

/** Reads Chinese characters, a syllable per character, without tones. */
export type PinyinReader = {
  /** As the words say. */
  plain(han: string): string[]
  /** As the words say, and as a name is said that begins with a family name. */
  asName(han: string): string[][]
}

/** 3 ways to read a name: each costs tokens, and what is left out are readings of dictionaries, not of people. */
const maxReadings = 3

/** Second readings that people use for names. */
const alsoRead: Readonly<Record<string, string>> = { 茜: 'xi', 晟: 'cheng', 翟: 'di', 覃: 'tan' }

let reader: Promise<PinyinReader> | undefined

/** The reader of pinyin: half a megabyte of words and readings, loaded with the first text that needs it. */
export function openPinyin(): Promise<PinyinReader> {
  reader ??= load()
  return reader
}

async function load(): Promise<PinyinReader> {
  const { pinyin } = await import('pinyin-pro')
  const say = (han: string, mode: 'normal' | 'surname') =>
    pinyin(han, { toneType: 'none', type: 'array', v: true, mode })
  const families = new Map<string, string[]>()
  const sayFamily = (family: string) => {
    const said = families.get(family) ?? say(family, 'surname')
    families.set(family, said)
    return said
  }
  const plain = (han: string) => say(han, 'normal')
  const asName = (han: string) => {
    const words = plain(han)
    const family = familyNameOf(han)
    const given = words.slice([...family].length)
    const name = [...sayFamily(family), ...given]
    const readings = [name, words, also(han, name), [...withU(sayFamily(family)), ...given]]
    const unique = new Map(readings.map(syllables => [syllables.join(' '), syllables]))
    return [...unique.values()].slice(0, maxReadings)
  }
  return { plain, asName }
}

function also(han: string, syllables: readonly string[]): string[] {
  const characters = [...han]
  return syllables.map((syllable, i) => alsoRead[characters[i] ?? ''] ?? syllable)
}

/** 吕 is typed `lv`, and written Lu or Lü by those who do not type it. */
function withU(syllables: readonly string[]): string[] {
  return syllables.map(syllable => syllable.replace('v', 'u'))
}
