import type { Day, DayItem } from '#lib/digests/gather-day.ts'
import type { Owner } from '#lib/follow-ups/owners.ts'
import { inLanguage, type Label } from '#lib/messaging/language.ts'

const heads: Record<keyof Day, Label> = {
  due: { en: 'Due today', zh: '今日到期' },
  overdue: { en: 'Overdue', zh: '已逾期' },
  followUps: { en: 'To follow up', zh: '待跟进' },
}

/** 20 lines of each kind: more than a morning holds. */
const mostLines = 20

/** The digest of a day in a user's language; undefined when there is nothing to say. */
export function digestMessage(
  { language }: Owner,
  day: Day,
): { kind: string; title: string; body: string; link: string } | undefined {
  const { due, overdue, followUps } = day
  if (due.length + overdue.length + followUps.length === 0) return undefined
  const say = (label: Label) => inLanguage(language, label)
  const section = (head: Label, items: readonly DayItem[]) => {
    const lines = items.slice(0, mostLines).map(({ time, text }) => `- ${time}  ${text}`)
    const rest = items.length - lines.length
    const more = rest > 0 ? [say({ en: `- and ${rest} more`, zh: `- 另有 ${rest} 项` })] : []
    return [`${say(head)} (${items.length})`, ...lines, ...more].join('\n')
  }
  const sections = [
    ...(due.length > 0 ? [section(heads.due, due)] : []),
    ...(overdue.length > 0 ? [section(heads.overdue, overdue)] : []),
    ...(followUps.length > 0 ? [section(heads.followUps, followUps)] : []),
  ]
  return {
    kind: 'digest',
    title: say({
      en: `Your day: ${due.length} due, ${overdue.length} overdue, ${followUps.length} to follow up`,
      zh: `今日安排：${due.length} 项到期，${overdue.length} 项逾期，${followUps.length} 项待跟进`,
    }),
    body: sections.join('\n\n'),
    link: '/v1/reminders?owner=me',
  }
}
