import { defineObject } from '#schemas/definition.ts'

/** What can be unusual about somebody's accesses. */
export const alertKinds = ['massRead', 'massExport', 'outOfHours', 'newCountry', 'manyDenials', 'leaver'] as const

/** What somebody who looked into an alert came to. */
export const alertConclusions = ['expected', 'incident'] as const

/** Something unusual that the access log shows. Who may read all of these may ask the access log itself. */
export const accessAlert = defineObject({
  name: 'accessAlert',
  plural: 'access-alerts',
  prefix: 'aal',
  label: { en: 'Access alert', zh: '访问告警' },
  pluralLabel: { en: 'Access alerts', zh: '访问告警' },
  titleField: 'title',
  timeField: 'since',
  system: true,
  readOnly: true,
  fields: {
    kind: {
      type: 'select',
      required: true,
      label: { en: 'Kind', zh: '类型' },
      options: [
        { value: 'massRead', label: { en: 'Many reads', zh: '大量查看' } },
        { value: 'massExport', label: { en: 'Many exports', zh: '大量导出' } },
        { value: 'outOfHours', label: { en: 'Out of hours', zh: '非工作时间访问' } },
        { value: 'newCountry', label: { en: 'New country', zh: '新的国家或地区' } },
        { value: 'manyDenials', label: { en: 'Many refusals', zh: '多次被拒绝' } },
        { value: 'leaver', label: { en: 'Attempt of a leaver', zh: '离职人员尝试访问' } },
      ],
    },
    title: { type: 'text', label: { en: 'Title', zh: '标题' } },
    /** User, program or service; nobody that could be told: `unknown`. */
    actorId: { type: 'text', maxLength: 100, label: { en: 'Who', zh: '访问者' } },
    since: { type: 'dateTime', label: { en: 'Since', zh: '起始时间' } },
    count: { type: 'number', label: { en: 'Accesses', zh: '访问次数' } },
    /** What is usual for them in such a time. */
    usual: { type: 'number', label: { en: 'Usual', zh: '平常次数' } },
    sourceIp: { type: 'text', maxLength: 60, sensitive: true, label: { en: 'Address', zh: '来源地址' } },
    detail: { type: 'longText', label: { en: 'What happened', zh: '详情' } },
    suggestion: { type: 'longText', label: { en: 'What to do', zh: '建议操作' } },
    /** Absent: nobody has looked into it yet. */
    conclusion: {
      type: 'select',
      label: { en: 'Conclusion', zh: '处理结论' },
      options: [
        { value: 'expected', label: { en: 'As it should be', zh: '正常访问' } },
        { value: 'incident', label: { en: 'An incident', zh: '安全事件' } },
      ],
    },
    note: { type: 'longText', label: { en: 'Note', zh: '处理说明' } },
    reviewedAt: { type: 'dateTime', label: { en: 'Reviewed at', zh: '处理时间' } },
    reviewedBy: { type: 'user', label: { en: 'Reviewed by', zh: '处理人' } },
  },
})
