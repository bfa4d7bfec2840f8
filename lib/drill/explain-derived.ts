import type { Item, Sides, Verdict } from '#lib/drill/verdict.ts'
import { isId } from '#lib/runtime/ids.ts'
import { type Key, recordKey } from '#lib/store/keys.ts'
import { getItem } from '#lib/store/read.ts'

/**
 * Why an entry that is derived from a record is not the same: its record has changed since. Notes about duplicates, and what
 * somebody is to be reminded of, have no history to tell by; they are made anew from the records.
 */
export async function explainDerived(
  { live, restored }: Sides,
  { pk, sk }: Key,
  { is, was }: { is: Item | undefined; was: Item | undefined },
): Promise<Verdict> {
  const isClaim = pk.startsWith('U#') || (pk.startsWith('M#') && !/#agenda\d*/.test(pk))
  if (!isClaim) return { explained: 'notes' }
  const owners = new Set([ownerOf(sk, is), ownerOf(sk, was)].filter(id => id !== undefined))
  for (const id of owners) {
    const [now, then] = await Promise.all([live, restored].map(store => getItem(store, recordKey(id))))
    if (now?.['version'] !== then?.['version']) return { explained: 'changed_since' }
  }
  const [record = pk] = owners
  const where = is ? (was ? 'is not the same in both' : 'is not in the backup') : 'is in the backup only'
  return { record, code: 'derived_different', detail: `${pk} ${where}, though its record is the same.` }
}

/** The record that holds the value: named by the item, or by the end of its sort key. */
function ownerOf(sk: string, item: Item | undefined): string | undefined {
  if (!item) return undefined
  const named = item['id'] ?? sk.slice(sk.lastIndexOf('#') + 1)
  return typeof named === 'string' && isId(named) ? named : undefined
}
