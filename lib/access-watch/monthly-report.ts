import { mayReadLog } from '#lib/access-log/may-read-log.ts'
import { isRefusal } from '#lib/errors.ts'
import { notify } from '#lib/notifications/notify.ts'
import type { Actor } from '#lib/permissions/actor.ts'
import { readPeople } from '#lib/refresh/people.ts'
import type { Context } from '#lib/runtime/context.ts'
import { localDate } from '#lib/runtime/zoned-time.ts'
import { readTallies } from '#lib/store/access-tallies.ts'
import type { Store } from '#lib/store/table.ts'
import { csvLine } from '#lib/transfer/csv/write-csv.ts'

/** One person's month. */
type Line = {
  name: string
  role: string
  days: number
  calls: number
  shown: number
  exported: number
  denials: number
}

/** 200,000: a month of somebody who is at it day and night. */
const mostTallies = 200_000
/** 300 lines: what a notification holds. */
const mostLines = 300

/**
 * Tells those who may ask the access log what each person did in the month before a moment: a table for a spreadsheet, those
 * who saw most first. Again for the same month it tells nothing twice.
 * @param index the index of accesses.
 */
export async function sendMonthlyReport(
  ctx: Context,
  index: Store,
  at: Date,
): Promise<{ month: string; people: number; told: number }> {
  const month = monthBefore(localDate(at, ctx.tenant.timeZone))
  const { people } = await readPeople(ctx)
  const lines: Line[] = []
  for (const person of people.values()) lines.push(await lineOf(index, person, month))
  const readers = [...people.values()].filter(actor => mayRead(actor))
  const { title, body } = reportText(ctx, month, lines)
  for (const { id: userId } of readers)
    await notify(ctx, {
      userId,
      kind: 'accessReport',
      title,
      body,
      link: '/v1/access-log',
      key: `access-report/${month}`,
    })
  return { month, people: lines.length, told: readers.length }
}

async function lineOf(index: Store, { id, name, role }: Actor, month: string): Promise<Line> {
  const tallies = (await readTallies(index, id, month, mostTallies)).filter(({ hour }) => hour.startsWith(month))
  const line = { name, role: role.name, days: new Set(tallies.map(({ hour }) => hour.slice(0, 10))).size }
  const sum = (pick: 'calls' | 'shown' | 'exported' | 'denials') =>
    tallies.reduce((total, tally) => total + tally[pick], 0)
  return { ...line, calls: sum('calls'), shown: sum('shown'), exported: sum('exported'), denials: sum('denials') }
}

function reportText({ tenant }: Context, month: string, lines: readonly Line[]): { title: string; body: string } {
  const isChinese = tenant.locale === 'zh-CN'
  const header = isChinese
    ? ['姓名', '角色', '活跃天数', '请求数', '查看记录数', '导出记录数', '被拒绝次数']
    : ['Name', 'Role', 'Days', 'Requests', 'Records shown', 'Records exported', 'Refused']
  const rows = lines
    .toSorted((a, b) => b.exported - a.exported || b.shown - a.shown || (a.name < b.name ? -1 : 1))
    .slice(0, mostLines)
    .map(({ name, role, days, calls, shown, exported, denials }) =>
      csvLine([name, role, ...[days, calls, shown, exported, denials].map(String)]),
    )
  const title = isChinese ? `${month} 访问月报（按人员）` : `Accesses of ${month}, by person`
  return { title, body: [csvLine(header), ...rows].join('') }
}

function mayRead(actor: Actor): boolean {
  try {
    mayReadLog({ actor })
    return true
  } catch (error) {
    if (isRefusal(error)) return false
    throw error
  }
}

/** The month (`yyyy-mm`) before the one of a date. */
function monthBefore(date: string): string {
  const first = new Date(`${date.slice(0, 7)}-01T00:00:00Z`)
  first.setUTCMonth(first.getUTCMonth() - 1)
  return first.toISOString().slice(0, 7)
}
