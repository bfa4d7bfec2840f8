type Entry = { value: string; primary: boolean }

/** Entries each once by value, with exactly one primary: the first one so marked, else the first. */
export function onePrimary<T extends Entry>(entries: T[]): T[] {
  const unique = [
    ...new Map(entries.toReversed().map(entry => [entry.value.toLowerCase(), entry])).values(),
  ].toReversed()
  const primary = unique.find(entry => entry.primary) ?? unique[0]
  return unique.map(entry => ({ ...entry, primary: entry === primary }))
}
