type Entry = { value: string; primary: boolean; extension?: string | undefined }

/** Entries each once, the first of equal ones kept, with exactly one primary: the first one so marked, else the first. */
export function onePrimary<T extends Entry>(entries: T[]): T[] {
  const marked = entries.find(entry => entry.primary) ?? entries[0]
  const unique = new Map<string, T>()
  for (const entry of entries) if (!unique.has(keyOf(entry))) unique.set(keyOf(entry), entry)
  return [...unique].map(([key, entry]) => ({ ...entry, primary: marked !== undefined && key === keyOf(marked) }))
}

/** Extensions of one switchboard are different numbers to the people who dial them. */
function keyOf({ value, extension = '' }: Entry): string {
  return `${value.toLowerCase()} ${extension}`
}
