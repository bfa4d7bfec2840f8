import { mayReadLog } from '#lib/access-log/may-read-log.ts'
import { isRefusal } from '#lib/errors.ts'
import type { Label } from '#lib/messaging/language.ts'
import { notify } from '#lib/notifications/notify.ts'
import type { Actor } from '#lib/permissions/actor.ts'
import { textOf } from '#lib/records/owner-of.ts'
import { readPeople } from '#lib/refresh/people.ts'
import type { Context } from '#lib/runtime/context.ts'
import { localDate, utcOf } from '#lib/runtime/zoned-time.ts'
import { readTallies } from '#lib/store/access-tallies.ts'
import type { StoredRecord } from '#lib/store/items.ts'
import { objectPartition } from '#lib/store/keys.ts'
import { readRows } from '#lib/store/query.ts'
import { readRecord, toRecord } from '#lib/store/read.ts'
import type { Store } from '#lib/store/table.ts'
import { csvLine } from '#lib/transfer/csv/write-csv.ts'
import { user } from '#schemas/system/user.ts'

/** One person's, or program's, month. */
type Line = {
  name: string
  role: string
  status: Status
  days: number
  calls: number
  shown: number
  exported: number
  denials: number
}

/** Whether somebody has an account still. */
type Status = 'active' | 'disabled' | 'deleted'

/** 200,000: a month of somebody who is at it day and night. */
const mostTallies = 200_000
/** 500 users are read at a time. */
const accountsAtOnce = 500
/** 300 lines: what a notification holds. */
const mostLines = 300

/**
 * Tells those who may ask the access log what each person and program did in the month before a moment, by the tenant's
 * calendar: a table for a spreadsheet, those who saw most first. Again for the same month it tells nothing twice.
 * @param index the index of accesses.
 */
export async function sendMonthlyReport(
  ctx: Context,
  index: Store,
  at: Date,
): Promise<{ month: string; people: number; told: number }> {
  const month = monthBefore(localDate(at, ctx.tenant.timeZone))
  const lines = await linesOf(ctx, index, month)
  const { people } = await readPeople(ctx)
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

/** Everybody who works here or did something in the month: who has left since then, and programs, too. */
async function linesOf(ctx: Context, index: Store, month: string): Promise<Line[]> {
  const lines: Line[] = []
  for await (const account of accounts(ctx)) {
    const line = await lineOf(ctx, index, { account, month })
    if (line.status === 'active' || line.calls > 0) lines.push(line)
  }
  return lines
}

async function* accounts({ store, tenant }: Context): AsyncGenerator<StoredRecord> {
  for (const list of ['all', 'trash'] as const)
    for (let shard = 0; shard < tenant.listShards; shard++) {
      const partition = { index: 'byObject', pk: objectPartition(user.name, shard, list) } as const
      for await (const { item } of readRows(store, partition, { batch: accountsAtOnce })) yield toRecord(item)
    }
}

async function lineOf(
  { store, tenant }: Context,
  index: Store,
  { account, month }: { account: StoredRecord; month: string },
): Promise<Line> {
  const { id, fields } = account
  const role = await readRecord(store, textOf(fields['roleId']) ?? '')
  const about = {
    name: textOf(fields['name']) ?? id,
    role: textOf(role?.fields['name']) ?? '',
    status: statusOf(account),
  }
  const from = utcOf(`${month}-01T00:00:00`, tenant.timeZone).slice(0, 13)
  const dates = new Map<string, string>()
  const dateOf = (hour: string) => {
    const date = dates.get(hour) ?? localDate(new Date(`${hour}:00:00Z`), tenant.timeZone)
    dates.set(hour, date)
    return date
  }
  const tallies = (await readTallies(index, id, from, mostTallies)).filter(({ hour }) => dateOf(hour).startsWith(month))
  const sum = (pick: 'calls' | 'shown' | 'exported' | 'denials') =>
    tallies.reduce((total, tally) => total + tally[pick], 0)
  const days = new Set(tallies.map(({ hour }) => dateOf(hour))).size
  return {
    ...about,
    days,
    calls: sum('calls'),
    shown: sum('shown'),
    exported: sum('exported'),
    denials: sum('denials'),
  }
}

function statusOf({ deletedAt, fields }: StoredRecord): Status {
  if (deletedAt !== undefined) return 'deleted'
  return fields['status'] === 'disabled' ? 'disabled' : 'active'
}

const statuses: Readonly<Record<Status, Label>> = {
  active: { en: 'Active', zh: '在职' },
  disabled: { en: 'Disabled', zh: '停用' },
  deleted: { en: 'Deleted', zh: '已删除' },
}

function reportText({ tenant }: Context, month: string, lines: readonly Line[]): { title: string; body: string } {
  const isChinese = tenant.locale === 'zh-CN'
  const language = isChinese ? 'zh' : 'en'
  const header = isChinese
    ? ['姓名', '角色', '状态', '活跃天数', '请求数', '查看记录数', '导出记录数', '被拒绝次数']
    : ['Name', 'Role', 'Status', 'Days', 'Requests', 'Records shown', 'Records exported', 'Refused']
  const rows = lines
    .toSorted((a, b) => b.exported - a.exported || b.shown - a.shown || (a.name < b.name ? -1 : 1))
    .slice(0, mostLines)
    .map(({ name, role, status, days, calls, shown, exported, denials }) =>
      csvLine([name, role, statuses[status][language], ...[days, calls, shown, exported, denials].map(String)]),
    )
  const title = isChinese ? `${month} 访问月报（按人员）` : `Accesses of ${month}, by person`
  const left = lines.length - rows.length
  const more = isChinese ? `另有 ${left} 人未列出，见 /v1/access-log` : `and ${left} more: ask /v1/access-log`
  return { title, body: [csvLine(header), ...rows, ...(left > 0 ? [csvLine([more])] : [])].join('') }
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
