import { defineObject } from '#schemas/definition.ts'

/** Something a user is told, in the inbox of the product. */
export const notification = defineObject({
  name: 'notification',
  plural: 'notifications',
  prefix: 'ntf',
  label: { en: 'Notification', zh: '通知' },
  pluralLabel: { en: 'Notifications', zh: '通知' },
  titleField: 'title',
  timeField: 'sentAt',
  ownerField: 'ownerId',
  system: true,
  readOnly: true,
  fields: {
    ownerId: { type: 'user', label: { en: 'Recipient', zh: '接收人' } },
    /** The same user: as a parent it keeps the inbox in order of `sentAt`, whatever is read when. */
    inboxId: { type: 'reference', to: 'user', parent: true, label: { en: 'Inbox', zh: '收件箱' } },
    kind: { type: 'text', maxLength: 40, label: { en: 'Kind', zh: '类型' } },
    title: { type: 'text', label: { en: 'Title', zh: '标题' } },
    body: { type: 'longText', label: { en: 'Text', zh: '正文' } },
    link: { type: 'text', maxLength: 1000, label: { en: 'Link', zh: '链接' } },
    sentAt: { type: 'dateTime', label: { en: 'Sent at', zh: '发送时间' } },
    readAt: { type: 'dateTime', label: { en: 'Read at', zh: '阅读时间' } },
  },
})
