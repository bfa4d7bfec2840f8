import { defineObject, type FieldDefinition } from '#schemas/definition.ts'

const section = (en: string, zh: string): FieldDefinition => ({ type: 'json', readOnly: true, label: { en, zh } })

/**
 * What the tenant has decided about its data: one record, each section holding only what differs from the defaults. It is
 * written through /v1/settings alone, which checks it.
 */
export const setting = defineObject({
  name: 'setting',
  plural: 'settings',
  prefix: 'set',
  label: { en: 'Settings', zh: '设置' },
  pluralLabel: { en: 'Settings', zh: '设置' },
  titleField: 'name',
  system: true,
  readOnly: true,
  fields: {
    name: { type: 'text', readOnly: true, label: { en: 'Name', zh: '名称' } },
    cleanup: section('Cleanup', '数据清洗'),
    quality: section('Data quality', '数据质量'),
    retention: section('Retention', '数据保留'),
    refresh: section('Refresh plans', '核实计划'),
    audit: section('Audits', '人工抽查'),
    reports: section('Reports', '质量报告'),
    accessLog: section('Access log', '访问日志'),
    notifications: section('Notifications', '通知'),
    followUps: section('Follow-ups', '跟进提醒'),
    standards: section('Entry standards', '录入标准'),
  },
})
