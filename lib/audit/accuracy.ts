import { textOf } from '#lib/records/owner-of.ts'
import type { StoredRecord } from '#lib/store/items.ts'

/** What people found in a sample: checked = correct + wrong; accuracy = correct / checked, absent when none was checked. */
export type Accuracy = { sampled: number; checked: number; correct: number; wrong: number; accuracy?: number }

/** A field that was wrong in some of the records that were checked. */
export type FieldAccuracy = { object: string; field: string; checked: number; wrong: number; accuracy?: number }

/** The results of an audit, by owner and by field that was wrong at least once. */
export type AuditAccuracy = Accuracy & {
  byOwner: (Accuracy & { ownerId: string })[]
  byField: FieldAccuracy[]
}

/** What the reviewer found, counted. */
export function accuracyOf(items: readonly StoredRecord[]): AuditAccuracy {
  const owners = Map.groupBy(items, ({ fields }) => textOf(fields['ownerId']) ?? '')
  const byOwner = [...owners].map(([ownerId, theirs]) => ({ ownerId, ...counted(theirs) }))
  return {
    ...counted(items),
    byOwner: byOwner.toSorted((a, b) => (a.accuracy ?? 2) - (b.accuracy ?? 2) || (a.ownerId < b.ownerId ? -1 : 1)),
    byField: fieldsOf(items),
  }
}

/** The fields that a reviewer named as wrong. */
export function wrongFieldsOf({ fields }: Pick<StoredRecord, 'fields'>): string[] {
  const names = fields['wrongFields']
  return Array.isArray(names) ? names.map(String) : []
}

function counted(items: readonly StoredRecord[]): Accuracy {
  const correct = items.filter(({ fields }) => fields['result'] === 'correct').length
  const wrong = items.filter(({ fields }) => fields['result'] === 'wrong').length
  return { sampled: items.length, checked: correct + wrong, correct, wrong, ...shareOf(correct, correct + wrong) }
}

function fieldsOf(items: readonly StoredRecord[]): FieldAccuracy[] {
  const objects = Map.groupBy(items, ({ fields }) => textOf(fields['target']) ?? '')
  const found = [...objects].flatMap(([object, theirs]) => {
    const { checked } = counted(theirs)
    const names = Map.groupBy(theirs.flatMap(wrongFieldsOf), name => name)
    return [...names].map(([field, { length: wrong }]) => {
      return { object, field, checked, wrong, ...shareOf(checked - wrong, checked) }
    })
  })
  return found.toSorted((a, b) => b.wrong - a.wrong || (`${a.object}.${a.field}` < `${b.object}.${b.field}` ? -1 : 1))
}

/** To three places. */
function shareOf(part: number, whole: number): { accuracy?: number } {
  return whole === 0 ? {} : { accuracy: Math.round((part / whole) * 1_000) / 1_000 }
}
