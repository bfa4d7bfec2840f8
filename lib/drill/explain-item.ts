import { digestOf } from '#lib/drill/digest.ts'
import { explainDerived } from '#lib/drill/explain-derived.ts'
import { explainRecord } from '#lib/drill/explain-record.ts'
import { itemKind } from '#lib/drill/item-kind.ts'
import { cameAfter, type Item, type Sides, type Verdict } from '#lib/drill/verdict.ts'
import type { Key } from '#lib/store/keys.ts'
import { getItem, toChange } from '#lib/store/read.ts'

/** Looks at an item in both tables, as they are now, and says why it is not the same. */
export async function explainItem(sides: Sides, key: Key): Promise<Verdict> {
  const [is, was] = await Promise.all([getItem(sides.live, key), getItem(sides.restored, key)])
  if (!is && !was) return 'equal'
  if (is && was && digestOf(is) === digestOf(was)) return 'equal'
  const kind = itemKind(key)
  if (kind === 'record') return explainRecord(sides, { id: key.pk.slice(2), is, was })
  if (kind === 'change') return explainChange(sides, key, { is, was })
  return explainDerived(sides, key, { is, was })
}

/** Changes never change: one is missing, or it was altered. */
async function explainChange(
  sides: Sides,
  { pk, sk }: Key,
  { is, was }: { is: Item | undefined; was: Item | undefined },
): Promise<Verdict> {
  const record = pk.slice(2)
  const version = Number(sk.slice(2))
  if (is && was) return { record, code: 'different', detail: `Version ${version} of its history is not the same.` }
  if (is) {
    const { at } = toChange(is)
    const detail = `Version ${version}, made at ${at}, is not in the backup.`
    return cameAfter(sides, at) ?? { record, code: 'missing_in_backup', detail }
  }
  const owner = await getItem(sides.live, { pk, sk: 'A' })
  if (!owner)
    return explainRecord(sides, { id: record, is: undefined, was: await getItem(sides.restored, { pk, sk: 'A' }) })
  return { record, code: 'missing_live', detail: `Version ${version} of its history is in the backup only.` }
}
