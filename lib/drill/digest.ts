import { createHash } from 'node:crypto'

/** Attributes that change without a version of the record: what somebody noted who looked at it. */
const unversioned = new Set(['checked'])

/** A hash of all that an item holds, whatever the order of its attributes: 128 bits. */
export function digestOf(item: Readonly<Record<string, unknown>>): string {
  const hash = createHash('sha256')
  addTo(text => hash.update(text), without(item))
  return hash.digest('base64url').slice(0, 22)
}

function without(item: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(item).filter(([name]) => !unversioned.has(name)))
}

function addTo(add: (text: string) => void, value: unknown): void {
  if (Array.isArray(value)) {
    add('[')
    for (const each of value) addTo(add, each)
    add(']')
    return
  }
  if (typeof value !== 'object' || value === null) {
    add(`${JSON.stringify(value)},`)
    return
  }
  add('{')
  for (const [name, inner] of Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    add(`${JSON.stringify(name)}:`)
    addTo(add, inner)
  }
  add('}')
}
