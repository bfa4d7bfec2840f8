declare module 'opencc-js/dict/TSCharacters' {
  /** Entries `traditional simplified simplified…` divided by `|`. */
  const entries: string

  export = entries
}
