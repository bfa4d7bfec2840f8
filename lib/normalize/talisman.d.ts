declare module 'talisman/metrics/jaro-winkler.js' {
  /** Likeness of two texts from 0 to 1, with more weight on how they begin. */
  function jaroWinkler(a: string, b: string): number

  export = jaroWinkler
}

declare module 'talisman/phonetics/double-metaphone.js' {
  /** Primary and secondary sound of a word. */
  function doubleMetaphone(word: string): [string, string]

  export = doubleMetaphone
}
