import { defineObject } from '#schemas/definition.ts'

/** Kinds of maintenance run that can be asked for by themselves, and that schedules start. */
export const startableKinds = ['cleanup', 'backup', 'restoreDrill'] as const

/** Kinds of maintenance run. */
export const runKinds = [...startableKinds, 'restore', 'archive'] as const

/** How far a maintenance run is. */
export const runStates = ['running', 'canceling', 'canceled', 'succeeded', 'failed', 'undoing', 'undone'] as const

/** A pass of maintenance over the tenant's data: who asked for it, how far it is, what it found and changed. */
export const run = defineObject({
  name: 'run',
  plural: 'runs',
  prefix: 'run',
  label: { en: 'Maintenance run', zh: '维护任务' },
  pluralLabel: { en: 'Maintenance runs', zh: '维护任务' },
  titleField: 'kind',
  system: true,
  readOnly: true,
  fields: {
    kind: {
      type: 'select',
      label: { en: 'Kind', zh: '类型' },
      options: [
        { value: 'cleanup', label: { en: 'Cleanup', zh: '数据清洗' } },
        { value: 'backup', label: { en: 'Backup', zh: '备份' } },
        { value: 'restoreDrill', label: { en: 'Restore drill', zh: '恢复演练' } },
        { value: 'restore', label: { en: 'Restore', zh: '数据恢复' } },
        { value: 'archive', label: { en: 'Archive', zh: '整体导出' } },
      ],
    },
    state: {
      type: 'select',
      label: { en: 'State', zh: '状态' },
      options: [
        { value: 'running', label: { en: 'Running', zh: '进行中' } },
        { value: 'canceling', label: { en: 'Being canceled', zh: '取消中' } },
        { value: 'canceled', label: { en: 'Canceled', zh: '已取消' } },
        { value: 'succeeded', label: { en: 'Done', zh: '已完成' } },
        { value: 'failed', label: { en: 'Failed', zh: '失败' } },
        { value: 'undoing', label: { en: 'Being undone', zh: '撤销中' } },
        { value: 'undone', label: { en: 'Undone', zh: '已撤销' } },
      ],
    },
    dryRun: { type: 'boolean', label: { en: 'Dry run', zh: '试运行' } },
    startedAt: { type: 'dateTime', label: { en: 'Started at', zh: '开始时间' } },
    endedAt: { type: 'dateTime', label: { en: 'Ended at', zh: '结束时间' } },
    requestedBy: { type: 'text', maxLength: 60, label: { en: 'Asked for by', zh: '发起者' } },
    /** What the run was asked to work on beyond its kind, such as `{ backupId }`. */
    request: { type: 'json', label: { en: 'What was asked for', zh: '请求内容' } },
    /** How far each step is, for kinds whose steps say so themselves. */
    steps: { type: 'json', label: { en: 'Steps', zh: '步骤' } },
    report: { type: 'json', label: { en: 'Report', zh: '报告' } },
    failure: { type: 'json', label: { en: 'Why it failed', zh: '失败原因' } },
    undo: { type: 'json', label: { en: 'What undoing did', zh: '撤销结果' } },
  },
})
