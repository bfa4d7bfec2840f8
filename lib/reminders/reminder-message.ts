import { inLanguage, languageOf } from '#lib/messaging/language.ts'
import type { Message } from '#lib/notifications/notify.ts'
import { zoneOfUser } from '#lib/occurrences/zone-of-user.ts'
import type { Actor } from '#lib/permissions/actor.ts'
import { textOf } from '#lib/records/owner-of.ts'
import { titleFor } from '#lib/reminders/title-for.ts'
import type { Context } from '#lib/runtime/context.ts'
import { localOf, wallOf } from '#lib/runtime/zoned-time.ts'
import type { StoredRecord } from '#lib/store/items.ts'
import { readRecord } from '#lib/store/read.ts'

/** Kinds of notification by what made the reminder. */
const kinds: Record<string, string> = { followUp: 'followUp', date: 'dateReminder' }

/** What a user is told of a reminder, or of an activity that is due: in their language, at their clocks. */
export async function reminderMessage(
  ctx: Context,
  { record, at, user }: { record: StoredRecord; at: string; user: Actor },
): Promise<Message> {
  const { id, object, fields } = record
  const isReminder = object === 'reminder'
  const language = languageOf(ctx, await readRecord(ctx.store, user.id))
  const zone = await zoneOfUser(ctx, user.id)
  const time = localOf(wallOf(Date.parse(at), zone))
    .replace('T', ' ')
    .slice(0, 16)
  const about = textOf(fields[isReminder ? 'about' : 'customerId'])
  const subject = about === undefined ? undefined : await titleFor(ctx, user, about)
  const lines = [
    inLanguage(language, { en: `Due ${time} (${zone}).`, zh: `提醒时间：${time}（${zone}）。` }),
    ...(subject === undefined ? [] : [inLanguage(language, { en: `About ${subject}.`, zh: `相关记录：${subject}。` })]),
    ...(fields['repeat'] === undefined ? [] : [inLanguage(language, { en: 'It comes again.', zh: '该提醒会重复。' })]),
  ]
  return {
    userId: user.id,
    kind: isReminder ? (kinds[String(fields['source'])] ?? 'reminder') : 'reminder',
    title: String(fields[isReminder ? 'message' : 'subject']),
    body: lines.join('\n'),
    link: isReminder ? `/v1/reminders/${id}` : `/v1/activities/${id}`,
    key: `reminder/${id}@${at}`,
  }
}
