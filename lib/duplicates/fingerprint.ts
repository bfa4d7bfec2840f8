/** A short number in text that stands for a value, so that a model holds no personal data (FNV-1a, 32 bits, twice seeded). */
export function fingerprint(value: string): string {
  return hash(value, 0x811c9dc5) + hash(value, 0x01234567)
}

function hash(value: string, seed: number): string {
  let state = seed
  for (let i = 0; i < value.length; i++) state = Math.imul(state ^ value.charCodeAt(i), 0x01000193)
  return (state >>> 0).toString(36)
}
