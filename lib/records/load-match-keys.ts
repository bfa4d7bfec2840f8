import type { matchKeys } from '#lib/records/match-keys.ts'

let loaded: typeof matchKeys | undefined

/** Loads the tables of names, places and characters that match keys need: 100 KB, with the first write and not with the function. */
export async function loadMatchKeys(): Promise<void> {
  loaded ??= (await import('#lib/records/match-keys.ts')).matchKeys
}

/** Match keys of a record; `loadMatchKeys` must have been awaited. */
export const loadedMatchKeys: typeof matchKeys = (object, fields) => {
  if (!loaded) throw new Error('Match keys are asked for before loadMatchKeys() was awaited.')
  return loaded(object, fields)
}
