import { unknownActor } from '#lib/access-log/index-items.ts'
import { idInArn } from '#lib/access-log/record-parts.ts'
import type { Tally } from '#lib/store/access-tallies.ts'
import type { AccessRecord } from '#schemas/events/access-recorded.ts'

/** Ids of records that hold personal data: what is counted as shown. */
const personal = /^(cust|cont)_/

/** What each did in each hour, as one log file tells. */
export function talliesOf(file: string, records: readonly AccessRecord[]): Tally[] {
  const tallies = new Map<string, Tally>()
  for (const record of records) {
    const actor = record.userIdentity.principalId ?? unknownActor
    const hour = record.additionalEventData.startedAt.slice(0, 13)
    const key = `${actor} ${hour}`
    const tally = tallies.get(key) ?? { actor, hour, file, shown: 0, exported: 0, denials: 0, calls: 0 }
    tallies.set(key, add(tally, record))
  }
  return [...tallies.values()]
}

function add(tally: Tally, record: AccessRecord): Tally {
  const count = record.resources.filter(({ ARN }) => personal.test(idInArn(ARN))).length
  const isExport = record.eventName === 'exportRecords'
  const isRead = record.readOnly && record.errorCode === undefined && !isExport
  return {
    ...tally,
    calls: tally.calls + 1,
    shown: tally.shown + (isRead ? count : 0),
    exported: tally.exported + (isExport ? count : 0),
    denials: tally.denials + (isDenial(record) ? 1 : 0),
  }
}

/** Refused for who asks or what they ask for, not for how it is written. */
function isDenial({ errorCode }: AccessRecord): boolean {
  return errorCode === 'unauthenticated' || errorCode === 'not_found' || errorCode === 'rate_limited'
}
