import doubleMetaphone from 'talisman/phonetics/double-metaphone.js'

/** How a word in Latin letters sounds, roughly: `rogers` and `rodgers` sound the same. */
export function soundOf(word: string): string {
  return doubleMetaphone(word)[0] || word
}
