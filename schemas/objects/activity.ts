import { defineObject } from '#schemas/definition.ts'
import { teamField } from '#schemas/objects/shared-fields.ts'

/** Something done, or to be done, with a customer or contact. */
export const activity = defineObject({
  name: 'activity',
  plural: 'activities',
  prefix: 'act',
  label: { en: 'Activity', zh: '活动' },
  pluralLabel: { en: 'Activities', zh: '活动' },
  titleField: 'subject',
  timeField: 'occurredAt',
  ownerField: 'assigneeId',
  teamField: 'teamId',
  quality: {
    complete: [
      { anyOf: ['customerId', 'contactId'], share: 18 },
      { anyOf: ['occurredAt', 'dueAt'], share: 8 },
      { anyOf: ['outcome', 'body'], when: { field: 'status', is: 'done' }, share: 4 },
    ],
  },
  fields: {
    type: {
      type: 'select',
      required: true,
      label: { en: 'Type', zh: '类型' },
      options: [
        { value: 'call', label: { en: 'Call', zh: '电话' } },
        { value: 'email', label: { en: 'E-mail', zh: '邮件' } },
        { value: 'meeting', label: { en: 'Meeting', zh: '会议' } },
        { value: 'visit', label: { en: 'Visit', zh: '拜访' } },
        { value: 'message', label: { en: 'Message', zh: '消息' } },
        { value: 'note', label: { en: 'Note', zh: '备注' } },
        { value: 'task', label: { en: 'Task', zh: '任务' } },
      ],
    },
    subject: { type: 'text', required: true, label: { en: 'Subject', zh: '主题' } },
    customerId: { type: 'reference', to: 'customer', parent: true, label: { en: 'Customer', zh: '客户' } },
    contactId: { type: 'reference', to: 'contact', lookup: true, label: { en: 'Contact', zh: '联系人' } },
    status: {
      type: 'select',
      default: 'planned',
      label: { en: 'Status', zh: '状态' },
      options: [
        { value: 'planned', label: { en: 'Planned', zh: '计划中' } },
        { value: 'done', label: { en: 'Done', zh: '已完成' } },
        { value: 'canceled', label: { en: 'Canceled', zh: '已取消' } },
      ],
    },
    occurredAt: { type: 'dateTime', label: { en: 'Occurred at', zh: '发生时间' } },
    dueAt: { type: 'dateTime', label: { en: 'Due at', zh: '截止时间' } },
    remindAt: { type: 'dateTime', agenda: true, label: { en: 'Remind at', zh: '提醒时间' } },
    durationMinutes: {
      type: 'number',
      integer: true,
      min: 0,
      max: 10_080,
      label: { en: 'Duration in minutes', zh: '时长（分钟）' },
    },
    outcome: { type: 'text', maxLength: 500, label: { en: 'Outcome', zh: '结果' } },
    body: { type: 'longText', label: { en: 'Body', zh: '内容' } },
    assigneeId: { type: 'user', label: { en: 'Assignee', zh: '执行人' } },
    teamId: teamField,
    tags: { type: 'tags', label: { en: 'Tags', zh: '标签' } },
    purpose: {
      type: 'select',
      readOnly: true,
      label: { en: 'Purpose', zh: '用途' },
      options: [
        { value: 'verify', label: { en: 'Verification', zh: '核实' } },
        { value: 'audit', label: { en: 'Audit', zh: '抽查' } },
      ],
    },
    refreshPlanId: {
      type: 'reference',
      to: 'refreshPlan',
      lookup: true,
      readOnly: true,
      label: { en: 'Refresh plan', zh: '核实计划' },
    },
    auditId: { type: 'reference', to: 'audit', lookup: true, readOnly: true, label: { en: 'Audit', zh: '质量抽查' } },
    // While a verification task is open it holds its record's id: unique, so no record has two of them.
    verifies: { type: 'text', unique: true, readOnly: true, label: { en: 'Open verification of', zh: '待核实记录' } },
  },
})
