import { defineObject } from '#schemas/definition.ts'

/** What a reviewer found. */
export const auditResults = ['correct', 'wrong'] as const

/** A sample of each owner's records of a month, looked at by a person. */
export const audit = defineObject({
  name: 'audit',
  plural: 'audits',
  prefix: 'aud',
  label: { en: 'Audit', zh: '质量抽查' },
  pluralLabel: { en: 'Audits', zh: '质量抽查' },
  titleField: 'month',
  ownerField: 'requestedBy',
  teamField: 'teamId',
  system: true,
  readOnly: true,
  fields: {
    month: {
      type: 'text',
      required: true,
      maxLength: 7,
      pattern: { regex: '\\d{4}-(0[1-9]|1[0-2])', message: 'write a month such as 2026-03' },
      label: { en: 'Month', zh: '月份' },
    },
    state: {
      type: 'select',
      label: { en: 'State', zh: '状态' },
      options: [
        { value: 'sampling', label: { en: 'Drawing the sample', zh: '抽样中' } },
        { value: 'open', label: { en: 'Open', zh: '进行中' } },
      ],
    },
    perOwner: { type: 'number', integer: true, min: 1, max: 100, label: { en: 'Records per owner', zh: '每人抽查数' } },
    reviewerId: { type: 'user', label: { en: 'Reviewer', zh: '抽查人' } },
    requestedBy: { type: 'user', label: { en: 'Asked by', zh: '发起人' } },
    teamId: { type: 'reference', to: 'team', label: { en: 'Team', zh: '团队' } },
    sampled: { type: 'number', integer: true, min: 0, label: { en: 'Records sampled', zh: '抽样记录数' } },
    unseen: {
      type: 'number',
      integer: true,
      min: 0,
      label: { en: 'Left out: the reviewer may not see them', zh: '抽查人无权查看的记录数' },
    },
    problem: { type: 'text', maxLength: 500, label: { en: 'Why there is no sample', zh: '未能抽样的原因' } },
  },
})

/** One record of an audit's sample, and what the reviewer found. */
export const auditItem = defineObject({
  name: 'auditItem',
  plural: 'audit-items',
  prefix: 'adi',
  label: { en: 'Audited record', zh: '抽查记录' },
  pluralLabel: { en: 'Audited records', zh: '抽查记录' },
  titleField: 'recordId',
  ownerField: 'reviewerId',
  system: true,
  readOnly: true,
  fields: {
    auditId: { type: 'reference', to: 'audit', required: true, parent: true, label: { en: 'Audit', zh: '质量抽查' } },
    target: { type: 'text', required: true, maxLength: 40, label: { en: 'Object', zh: '对象' } },
    recordId: { type: 'text', required: true, label: { en: 'Record', zh: '记录' } },
    ownerId: { type: 'user', label: { en: 'Owner at that time', zh: '当时的负责人' } },
    reviewerId: { type: 'user', label: { en: 'Reviewer', zh: '抽查人' } },
    taskId: { type: 'text', label: { en: 'Task', zh: '任务' } },
    /** Of the same owner as this record: a draw that is carried on adds up what it came by before. */
    unseen: {
      type: 'number',
      integer: true,
      min: 0,
      label: { en: 'The owner’s records that the reviewer may not see', zh: '该负责人名下抽查人无权查看的记录数' },
    },
    result: {
      type: 'select',
      label: { en: 'Result', zh: '结果' },
      options: [
        { value: 'correct', label: { en: 'Correct', zh: '正确' } },
        { value: 'wrong', label: { en: 'Wrong', zh: '有误' } },
      ],
    },
    wrongFields: { type: 'tags', label: { en: 'Wrong fields', zh: '有误字段' } },
    note: { type: 'text', maxLength: 500, label: { en: 'Note', zh: '备注' } },
    checkedAt: { type: 'dateTime', label: { en: 'Checked at', zh: '抽查时间' } },
  },
})
