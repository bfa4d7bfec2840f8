import { isOutOfHours } from '#lib/access-watch/out-of-hours.ts'
import type { Tally } from '#lib/store/access-tallies.ts'
import type { AccessRecord } from '#schemas/events/access-recorded.ts'
import type { TenantPolicy } from '#schemas/settings.ts'
import type { alertKinds } from '#schemas/system/access-alert.ts'

/** Something unusual. `key`: what it is about; the same is told once. */
export type Finding = {
  kind: (typeof alertKinds)[number]
  actor: string
  key: string
  since: string
  count: number
  usual?: number
  sourceIp?: string
  country?: string
}

/** What the rules are. */
export type WatchRules = TenantPolicy['accessLog']['watch']

/** Whether an hour is so much that what is usual must be known. */
export function isMuch(rules: WatchRules, tallies: readonly Tally[]): boolean {
  const { shown, exported } = sums(tallies)
  return shown >= rules.massReads || exported >= rules.massExports
}

/** What is unusual about an hour of somebody, beside the hours of the two weeks before. */
export function judgeHour(rules: WatchRules, actor: string, hour: string, tallies: readonly Tally[]): Finding[] {
  const now = sums(tallies.filter(tally => tally.hour === hour))
  const before = [
    ...Map.groupBy(
      tallies.filter(tally => tally.hour < hour),
      tally => tally.hour,
    ).values(),
  ].map(sums)
  const about = { actor, key: hour, since: `${hour}:00:00.000Z` }
  const findings: Finding[] = []
  for (const [kind, name, floor] of [
    ['massRead', 'shown', rules.massReads],
    ['massExport', 'exported', rules.massExports],
  ] as const) {
    const active = before.map(each => each[name]).filter(count => count > 0)
    const usual = active.length === 0 ? 0 : Math.round(active.reduce((sum, count) => sum + count, 0) / active.length)
    if (now[name] >= floor && now[name] >= usual * rules.timesUsual)
      findings.push({ ...about, kind, count: now[name], usual })
  }
  if (now.denials >= rules.denials) findings.push({ ...about, kind: 'manyDenials', count: now.denials })
  return findings
}

/** What is unusual about single accesses: a leaver's attempt, and what people do while the office is closed. */
export function judgeRecords(rules: WatchRules, timeZone: string, records: readonly AccessRecord[]): Finding[] {
  return records.flatMap((record): Finding[] => {
    const { userIdentity: who, additionalEventData: more, sourceIPAddress: sourceIp, errorCode } = record
    const { startedAt: since } = more
    const actor = who.principalId
    if (who.type !== 'User' || who.invokedBy !== undefined || actor === undefined) return []
    const about = { actor, key: since.slice(0, 10), since, count: 1, sourceIp }
    if (errorCode === 'unauthenticated') return [{ ...about, kind: 'leaver' }]
    const isLate = rules.outOfHours && isOutOfHours(rules, timeZone, since) && record.resources.length > 0
    return isLate ? [{ ...about, kind: 'outOfHours' }] : []
  })
}

function sums(tallies: readonly Tally[]): Pick<Tally, 'shown' | 'exported' | 'denials'> {
  const sum = { shown: 0, exported: 0, denials: 0 }
  for (const { shown, exported, denials } of tallies) {
    sum.shown += shown
    sum.exported += exported
    sum.denials += denials
  }
  return sum
}
