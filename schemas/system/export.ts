import { defineObject } from '#schemas/definition.ts'
import { jobFields } from '#schemas/system/job-fields.ts'

/** How far an export is. */
export const exportStates = ['running', 'succeeded', 'failed'] as const

/** Records on their way out into a file: what was asked, how far it is, what came of it. */
export const exportJob = defineObject({
  name: 'export',
  plural: 'exports',
  prefix: 'exp',
  label: { en: 'Export', zh: '导出' },
  pluralLabel: { en: 'Exports', zh: '导出' },
  titleField: 'fileName',
  ownerField: 'ownerId',
  system: true,
  readOnly: true,
  fields: {
    fileName: { type: 'text', label: { en: 'File', zh: '文件' } },
    state: {
      type: 'select',
      label: { en: 'State', zh: '状态' },
      options: [
        { value: 'running', label: { en: 'Running', zh: '导出中' } },
        { value: 'succeeded', label: { en: 'Done', zh: '已完成' } },
        { value: 'failed', label: { en: 'Failed', zh: '失败' } },
      ],
    },
    ...jobFields,
    filter: { type: 'longText', label: { en: 'Filter', zh: '筛选条件' } },
    fields: { type: 'json', label: { en: 'Fields', zh: '字段' } },
    format: {
      type: 'select',
      label: { en: 'Format', zh: '格式' },
      options: [
        { value: 'csv', label: { en: 'CSV', zh: 'CSV' } },
        { value: 'ndjson', label: { en: 'JSON lines', zh: 'JSON 行' } },
      ],
    },
    encoding: { type: 'text', maxLength: 20, label: { en: 'Encoding', zh: '编码' } },
  },
})
