import { defineObject } from '#schemas/definition.ts'

/** Verification tasks that one run made for stale records; how many are done is counted from the tasks themselves. */
export const refreshPlan = defineObject({
  name: 'refreshPlan',
  plural: 'refresh-plans',
  prefix: 'rfp',
  label: { en: 'Refresh plan', zh: '核实计划' },
  pluralLabel: { en: 'Refresh plans', zh: '核实计划' },
  titleField: 'runId',
  system: true,
  readOnly: true,
  fields: {
    runId: { type: 'text', required: true, label: { en: 'Run', zh: '运行' } },
    startedAt: { type: 'dateTime', required: true, label: { en: 'Started at', zh: '开始时间' } },
    dueBy: { type: 'dateTime', label: { en: 'Last task due', zh: '最晚截止时间' } },
    planned: { type: 'number', integer: true, min: 0, label: { en: 'Tasks planned', zh: '计划任务数' } },
    undone: { type: 'boolean', label: { en: 'Undone', zh: '已撤销' } },
  },
})
