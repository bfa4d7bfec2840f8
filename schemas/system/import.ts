import { defineObject } from '#schemas/definition.ts'
import { jobFields } from '#schemas/system/job-fields.ts'

/** How far an import is. */
export const importStates = [
  'awaitingUpload',
  'ready',
  'running',
  'canceling',
  'canceled',
  'succeeded',
  'failed',
  'undoing',
  'undone',
] as const

/** What happens to a row whose record exists already. */
export const duplicatePolicies = ['skip', 'update', 'create'] as const

/** A file of records on its way in: what was asked, how far it is, what came of it. */
export const importJob = defineObject({
  name: 'import',
  plural: 'imports',
  prefix: 'imp',
  label: { en: 'Import', zh: '导入' },
  pluralLabel: { en: 'Imports', zh: '导入' },
  titleField: 'fileName',
  ownerField: 'ownerId',
  system: true,
  readOnly: true,
  fields: {
    fileName: { type: 'text', label: { en: 'File', zh: '文件' } },
    fileOf: { type: 'text', label: { en: 'File sent for import', zh: '文件来自导入' } },
    state: {
      type: 'select',
      label: { en: 'State', zh: '状态' },
      options: [
        { value: 'awaitingUpload', label: { en: 'Awaiting the file', zh: '待上传' } },
        { value: 'ready', label: { en: 'Ready', zh: '待开始' } },
        { value: 'running', label: { en: 'Running', zh: '导入中' } },
        { value: 'canceling', label: { en: 'Being canceled', zh: '取消中' } },
        { value: 'canceled', label: { en: 'Canceled', zh: '已取消' } },
        { value: 'succeeded', label: { en: 'Done', zh: '已完成' } },
        { value: 'failed', label: { en: 'Failed', zh: '失败' } },
        { value: 'undoing', label: { en: 'Being undone', zh: '撤销中' } },
        { value: 'undone', label: { en: 'Undone', zh: '已撤销' } },
      ],
    },
    ...jobFields,
    onDuplicate: {
      type: 'select',
      label: { en: 'Duplicates', zh: '重复处理' },
      options: [
        { value: 'skip', label: { en: 'Skip', zh: '跳过' } },
        { value: 'update', label: { en: 'Update', zh: '更新' } },
        { value: 'create', label: { en: 'Create anyway', zh: '仍然新建' } },
      ],
    },
    dryRun: { type: 'boolean', label: { en: 'Dry run', zh: '试运行' } },
    format: { type: 'json', label: { en: 'File format', zh: '文件格式' } },
    mapping: { type: 'json', label: { en: 'Mapping', zh: '字段映射' } },
    system: { type: 'text', maxLength: 40, label: { en: 'Source system', zh: '来源系统' } },
    fileTag: { type: 'text', label: { en: 'Version of the file', zh: '文件版本' } },
    segments: { type: 'number', integer: true, min: 0, label: { en: 'Segments', zh: '分段数' } },
    rows: { type: 'number', integer: true, min: 0, label: { en: 'Rows', zh: '行数' } },
    report: { type: 'json', label: { en: 'Report', zh: '报告' } },
    undo: { type: 'json', label: { en: 'What undoing did', zh: '撤销结果' } },
  },
})
