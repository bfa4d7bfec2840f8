import { isMuch, judgeHour, judgeRecords, type WatchRules } from '#lib/access-watch/judge.ts'
import { judgeCountries } from '#lib/access-watch/judge-countries.ts'
import { raiseAlert } from '#lib/access-watch/raise-alert.ts'
import { talliesOf } from '#lib/access-watch/tallies.ts'
import type { Context } from '#lib/runtime/context.ts'
import { policyOf } from '#lib/settings/policy.ts'
import { readTallies, type Tally, writeTallies } from '#lib/store/access-tallies.ts'
import type { Store } from '#lib/store/table.ts'
import type { AccessRecord } from '#schemas/events/access-recorded.ts'

const dayMs = 86_400_000
/** Two weeks: what somebody usually does. */
const usualDays = 14

/**
 * Looks for what is unusual in a log file, whole as it was written: counts what each did, beside what they usually do, and
 * raises an alert where a rule of the settings says so. Again with the same file it counts and tells nothing twice.
 */
export async function watchFile(
  ctx: Context,
  index: Store,
  { file, records }: { file: string; records: readonly AccessRecord[] },
): Promise<void> {
  const { watch, indexDays } = policyOf(ctx).accessLog
  const tallies = talliesOf(file, records)
  const ttl = Math.floor(ctx.clock.now().getTime() / 1000) + indexDays * 86_400
  await writeTallies(index, tallies, ttl)
  if (!watch.enabled) return
  const findings = judgeRecords(watch, ctx.tenant.timeZone, records)
  for (const { actor, hour } of tallies) {
    findings.push(...judgeHour(watch, actor, hour, await talliesToJudge(index, watch, { actor, hour })))
  }
  findings.push(...(await judgeCountries(index, records, ttl)))
  for (const finding of findings) await raiseAlert(ctx, finding)
}

/** Those of the hour; of the two weeks before too where it is so much that they matter. */
async function talliesToJudge(index: Store, rules: WatchRules, { actor, hour }: Pick<Tally, 'actor' | 'hour'>) {
  const now = (await readTallies(index, actor, hour)).filter(tally => tally.hour === hour)
  if (!isMuch(rules, now)) return now
  const from = new Date(Date.parse(`${hour}:00:00Z`) - usualDays * dayMs).toISOString().slice(0, 13)
  return readTallies(index, actor, from)
}
