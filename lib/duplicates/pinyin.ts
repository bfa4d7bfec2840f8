import { polyphonic } from 'pinyin-pro'
import { surnameReadings } from '#lib/normalize/surnames.ts'

const known = new Map<string, readonly string[]>()

/** How a Chinese character may be read, without tones; `ü` as people type it in names: v, u or yu. */
export function readingsOf(character: string): readonly string[] {
  const cached = known.get(character)
  if (cached) return cached
  const read = polyphonic(character, { toneType: 'none', type: 'array' })[0] ?? []
  const surname = surnameReadings[character]
  const plain = [...read, ...(surname ? [surname] : [])].flatMap(syllable =>
    syllable.includes('ü') ? ['v', 'u', 'yu'].map(letter => syllable.replace('ü', letter)) : [syllable],
  )
  const readings = [...new Set(plain)]
  known.set(character, readings)
  return readings
}

/** Whether two characters may be read alike. */
export function soundAlike(a: string, b: string): boolean {
  return a === b || readingsOf(a).some(reading => readingsOf(b).includes(reading))
}

/** Whether the letters spell the characters, one after the other. */
export function spells(letters: string, characters: readonly string[]): boolean {
  const [first, ...rest] = characters
  if (first === undefined) return letters === ''
  return readingsOf(first).some(reading => letters.startsWith(reading) && spells(letters.slice(reading.length), rest))
}
