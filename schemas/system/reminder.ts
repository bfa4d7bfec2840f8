import { defineObject } from '#schemas/definition.ts'

/** Something a user wants to be told of at a time on the clocks of a zone; once, or again and again. */
export const reminder = defineObject({
  name: 'reminder',
  plural: 'reminders',
  prefix: 'rem',
  label: { en: 'Reminder', zh: '提醒' },
  pluralLabel: { en: 'Reminders', zh: '提醒' },
  titleField: 'message',
  ownerField: 'assigneeId',
  teamField: 'teamId',
  system: true,
  derived: 'nextReminder',
  fields: {
    message: { type: 'text', required: true, maxLength: 500, label: { en: 'Message', zh: '提醒内容' } },
    about: {
      type: 'reference',
      to: 'customer',
      orTo: ['contact', 'activity'],
      lookup: true,
      label: { en: 'About', zh: '相关记录' },
    },
    assigneeId: { type: 'user', label: { en: 'Assignee', zh: '被提醒人' } },
    teamId: { type: 'reference', to: 'team', label: { en: 'Team', zh: '团队' } },
    dueAt: { type: 'localTime', required: true, label: { en: 'Due at', zh: '提醒时间' } },
    /** Left out it follows the assignee: their own zone, else the tenant's, as they are when it is due. */
    timeZone: { type: 'timeZone', label: { en: 'Time zone', zh: '时区' } },
    repeat: { type: 'repeat', label: { en: 'Repeat', zh: '重复规则' } },
    state: {
      type: 'select',
      default: 'open',
      label: { en: 'State', zh: '状态' },
      options: [
        { value: 'open', label: { en: 'Open', zh: '待处理' } },
        { value: 'snoozed', label: { en: 'Snoozed', zh: '已延后' } },
        { value: 'done', label: { en: 'Done', zh: '已完成' } },
        { value: 'dismissed', label: { en: 'Dismissed', zh: '已忽略' } },
      ],
    },
    snoozedUntil: { type: 'dateTime', label: { en: 'Snoozed until', zh: '延后至' } },
    /** When it is told next; empty when never again. */
    nextAt: { type: 'dateTime', readOnly: true, agenda: true, label: { en: 'Next at', zh: '下次提醒' } },
    /** The same on the clocks of `zone`; empty while it is snoozed. */
    occurrence: { type: 'localTime', readOnly: true, label: { en: 'Next occurrence', zh: '下次发生' } },
    /** The zone in force. */
    zone: { type: 'timeZone', readOnly: true, label: { en: 'Zone in force', zh: '生效时区' } },
    /** Why it is not told when one might expect it. */
    note: { type: 'text', readOnly: true, maxLength: 500, label: { en: 'Note', zh: '说明' } },
    lastOccurrence: { type: 'localTime', readOnly: true, label: { en: 'Last occurrence told', zh: '上次发生' } },
    lastFiredAt: { type: 'dateTime', readOnly: true, label: { en: 'Last told at', zh: '上次提醒时间' } },
    source: {
      type: 'select',
      readOnly: true,
      label: { en: 'Source', zh: '来源' },
      options: [
        { value: 'followUp', label: { en: 'Follow-up rule', zh: '跟进规则' } },
        { value: 'date', label: { en: 'Date rule', zh: '日期规则' } },
      ],
    },
  },
})
