import { isDeepStrictEqual } from 'node:util'
import { cameAfter, type Item, type Sides, type Verdict } from '#lib/drill/verdict.ts'
import { recordAtVersion } from '#lib/records/rewind.ts'
import type { StoredRecord } from '#lib/store/items.ts'
import { readChange, toRecord } from '#lib/store/read.ts'

/** Why a record is not the same in both tables: its own history tells, or it is a difference. */
export async function explainRecord(
  sides: Sides,
  { id, is, was }: { id: string; is: Item | undefined; was: Item | undefined },
): Promise<Verdict> {
  if (!was) return is ? explainMissing(sides, toRecord(is)) : 'equal'
  const then = toRecord(was)
  if (!is) {
    if (then.deletedAt !== undefined) return { explained: 'purged_since' }
    return { record: id, code: 'missing_live', detail: 'It is in the backup, and was not in the recycle bin.' }
  }
  return explainChanged(sides, toRecord(is), then)
}

function explainMissing(sides: Sides, { id, createdAt }: StoredRecord): Verdict {
  const detail = `It was made at ${createdAt}, and is not in the backup.`
  return cameAfter(sides, createdAt) ?? { record: id, code: 'missing_in_backup', detail }
}

async function explainChanged(sides: Sides, now: StoredRecord, then: StoredRecord): Promise<Verdict> {
  const { id } = then
  const different = (detail: string): Verdict => ({ record: id, code: 'different', detail })
  if (now.version < then.version) return different(`The backup has version ${then.version}, the table ${now.version}.`)
  if (now.version === then.version) return different(`Version ${now.version} is not the same in both.`)
  const next = await readChange(sides.live, id, then.version + 1)
  if (!next) return different(`Version ${then.version + 1} is missing from its history.`)
  const reason = cameAfter(sides, next.at)
  if (!reason) return different(`Version ${next.version}, made at ${next.at}, is not in the backup.`)
  const rewound = await recordAtVersion(sides.live, now, then.version)
  if (!rewound) return different(`Version ${then.version} cannot be told from its history.`)
  if (!isDeepStrictEqual(rewound.fields, then.fields))
    return different(`Version ${then.version} by its history is not what the backup has.`)
  return reason
}
