import type { Key } from '#lib/store/keys.ts'

/** What an item of the table is to a comparison. */
export type ItemKind = 'record' | 'change' | 'derived' | 'passing'

/** Records and their changes prove themselves; all else is derived from them, or passes by itself within a day. */
export function itemKind({ pk, sk }: Key): ItemKind {
  if (pk.startsWith('I#')) return 'passing'
  if (!pk.startsWith('R#')) return 'derived'
  if (sk === 'A') return 'record'
  return sk.startsWith('V#') ? 'change' : 'derived'
}
