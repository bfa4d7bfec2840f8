import { defineObject } from '#schemas/definition.ts'

/** A weekly quality report to one user: what it says in short, and which files it has. */
export const qualityReport = defineObject({
  name: 'qualityReport',
  plural: 'quality-reports',
  prefix: 'qrp',
  label: { en: 'Quality report', zh: '质量报告' },
  pluralLabel: { en: 'Quality reports', zh: '质量报告' },
  titleField: 'title',
  ownerField: 'ownerId',
  system: true,
  readOnly: true,
  fields: {
    ownerId: { type: 'user', label: { en: 'Recipient', zh: '接收人' } },
    title: { type: 'text', label: { en: 'Title', zh: '标题' } },
    body: { type: 'longText', label: { en: 'Text', zh: '正文' } },
    scheduledAt: { type: 'dateTime', label: { en: 'Due at', zh: '计划时间' } },
    snapshotAt: { type: 'dateTime', label: { en: 'Data as of', zh: '数据时间' } },
    summary: { type: 'json', label: { en: 'In short', zh: '摘要' } },
    files: { type: 'json', label: { en: 'Files', zh: '文件' } },
  },
})
