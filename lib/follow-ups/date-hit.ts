import type { Hit } from '#lib/follow-ups/follow-up-plan.ts'
import type { Owners } from '#lib/follow-ups/owners.ts'
import { inLanguage } from '#lib/messaging/language.ts'
import { fieldAccess } from '#lib/permissions/rules.ts'
import { textOf } from '#lib/records/owner-of.ts'
import { titleFor } from '#lib/reminders/title-for.ts'
import type { Context } from '#lib/runtime/context.ts'
import { localDate } from '#lib/runtime/zoned-time.ts'
import type { StoredRecord } from '#lib/store/items.ts'
import type { ObjectDefinition } from '#schemas/definition.ts'
import type { TenantPolicy } from '#schemas/settings.ts'

type DateRule = {
  name: string
  rule: TenantPolicy['followUps']['dates'][string]
  object: ObjectDefinition
  owners: Owners
}

const dayMs = 86_400_000

/** Whether a date of a record is as near as a rule says, on its owner's calendar; a day that was missed is caught up with. */
export async function dateHit(
  ctx: Context,
  { name, rule, object, owners }: DateRule,
  record: StoredRecord,
): Promise<Hit | undefined> {
  const { field, daysBefore, yearly } = rule
  const owner = owners.of(textOf(record.fields[object.ownerField ?? '']))
  const value = textOf(record.fields[field])
  if (!owner || value === undefined) return undefined
  // Who may not see the date is not told of it either.
  if (!['editable', 'readOnly'].includes(fieldAccess(owner.actor, object.name, field))) return undefined
  const day = value.includes('T') ? localDate(new Date(value), owner.timeZone) : value
  const today = localDate(ctx.clock.now(), owner.timeZone)
  const target = yearly ? nextAnniversary(day, today) : day
  const isNear = target >= today && daysBetween(today, target) <= daysBefore
  if (!isNear) return undefined
  const title = (await titleFor(ctx, owner.actor, record.id)) ?? record.id
  const message = inLanguage(owner.language, { en: `${name}: ${title}, ${target}`, zh: `${name}：${title}，${target}` })
  return { owner, source: 'date', message, occasion: JSON.stringify([name, target]) }
}

/** The first day from today on that has the month and day of another; 29 February is 28 February in years without it. */
export function nextAnniversary(day: string, today: string): string {
  const year = Number(today.slice(0, 4))
  const inYear = (of: number) => {
    const same = `${String(of).padStart(4, '0')}${day.slice(4)}`
    const isLeap = new Date(Date.UTC(of, 1, 29)).getUTCMonth() === 1
    return same.endsWith('-02-29') && !isLeap ? same.replace('-29', '-28') : same
  }
  return inYear(year) >= today ? inYear(year) : inYear(year + 1)
}

function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / dayMs)
}
