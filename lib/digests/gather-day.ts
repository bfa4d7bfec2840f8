import type { Owner } from '#lib/follow-ups/owners.ts'
import { allows, recordRule } from '#lib/permissions/rules.ts'
import { textOf } from '#lib/records/owner-of.ts'
import type { Context } from '#lib/runtime/context.ts'
import { localDate, localOf, wallOf } from '#lib/runtime/zoned-time.ts'
import type { StoredRecord } from '#lib/store/items.ts'
import { ownerPartition } from '#lib/store/keys.ts'
import { readRows } from '#lib/store/query.ts'
import { toRecord } from '#lib/store/read.ts'

/** One thing of a day; `time` on the user's clocks, `HH:MM`, or the day it was due. */
export type DayItem = { time: string; text: string; id: string }

/** What a day brings a user, each in order of time. */
export type Day = { due: DayItem[]; overdue: DayItem[]; followUps: DayItem[] }

/** 2,000 reminders and as many activities of a user are looked at, the last changed first. */
const most = 2_000

/** Gathers what is due today, what is overdue, and whom to follow up, on a user's own calendar. */
export async function gatherDay(ctx: Context, owner: Owner, day: string): Promise<Day> {
  const found: Day = { due: [], overdue: [], followUps: [] }
  for (const record of await owned(ctx, owner, 'reminder')) addReminder(found, { owner, day }, record)
  for (const record of await owned(ctx, owner, 'activity')) addActivity(found, { owner, day }, record)
  for (const items of Object.values(found)) items.sort((a, b) => (a.time < b.time ? -1 : 1))
  return found
}

type Calendar = { owner: Owner; day: string }

function addReminder(found: Day, calendar: Calendar, { id, fields }: StoredRecord): void {
  if (fields['state'] === 'done' || fields['state'] === 'dismissed') return
  const text = String(fields['message'])
  const nextAt = textOf(fields['nextAt'])
  const lastAt = textOf(fields['lastFiredAt'])
  if (fields['source'] !== undefined) found.followUps.push({ time: timeOf(calendar, nextAt ?? lastAt), text, id })
  else if (nextAt !== undefined && dayOf(calendar, nextAt) === calendar.day)
    found.due.push({ time: timeOf(calendar, nextAt), text, id })
  else if (nextAt === undefined && lastAt !== undefined && dayOf(calendar, lastAt) < calendar.day)
    found.overdue.push({ time: timeOf(calendar, lastAt), text, id })
}

function addActivity(found: Day, calendar: Calendar, { id, fields }: StoredRecord): void {
  const dueAt = textOf(fields['dueAt'])
  if (fields['status'] !== 'planned' || dueAt === undefined) return
  const item = { time: timeOf(calendar, dueAt), text: String(fields['subject']), id }
  const due = dayOf(calendar, dueAt)
  if (due === calendar.day) found.due.push(item)
  if (due < calendar.day) found.overdue.push(item)
}

function dayOf({ owner }: Calendar, at: string): string {
  return localDate(new Date(at), owner.timeZone)
}

function timeOf({ owner, day }: Calendar, at: string | undefined): string {
  if (at === undefined) return day
  const local = localOf(wallOf(Date.parse(at), owner.timeZone))
  return local.startsWith(day) ? local.slice(11, 16) : local.slice(0, 10)
}

async function owned(ctx: Context, { actor }: Owner, name: string): Promise<StoredRecord[]> {
  const object = ctx.objects.byName.get(name)
  const rule = object ? recordRule(actor, object, 'read') : false
  const records: StoredRecord[] = []
  const partition = { index: 'byOwner', pk: ownerPartition(actor.id, name) } as const
  for await (const { item } of readRows(ctx.store, partition, { batch: 250, descending: true })) {
    const record = toRecord(item)
    if (allows(rule, record)) records.push(record)
    if (records.length >= most) break
  }
  return records
}
