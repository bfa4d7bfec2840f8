import { defineObject } from '#schemas/definition.ts'

/** What is known of a backup: nothing yet (`unproven`), that a drill has restored it (`proven`), that it is of no use, or that its time is over. */
export const backupStates = ['unproven', 'proven', 'failed', 'expired'] as const

/** How a backup was made. */
export const backupKinds = ['full', 'incremental'] as const

/** A recovery point of the tenant's data. The signed catalogue in the vault is the truth; this record is its index for the API. */
export const backup = defineObject({
  name: 'backup',
  plural: 'backups',
  prefix: 'bkp',
  label: { en: 'Backup', zh: '备份' },
  pluralLabel: { en: 'Backups', zh: '备份' },
  titleField: 'cutOffAt',
  timeField: 'cutOffAt',
  system: true,
  readOnly: true,
  fields: {
    kind: {
      type: 'select',
      label: { en: 'Kind', zh: '类型' },
      options: [
        { value: 'full', label: { en: 'Full', zh: '全量' } },
        { value: 'incremental', label: { en: 'Incremental', zh: '增量' } },
      ],
    },
    state: {
      type: 'select',
      label: { en: 'State', zh: '状态' },
      options: [
        { value: 'unproven', label: { en: 'Unproven', zh: '未验证' } },
        { value: 'proven', label: { en: 'Proven by a restore', zh: '已通过恢复演练' } },
        { value: 'failed', label: { en: 'Failed', zh: '失败' } },
        { value: 'expired', label: { en: 'Expired', zh: '已过期' } },
      ],
    },
    cutOffAt: { type: 'dateTime', label: { en: 'State of', zh: '数据时点' } },
    fromAt: { type: 'dateTime', label: { en: 'Changes since', zh: '增量起点' } },
    fullId: { type: 'text', maxLength: 60, label: { en: 'Full backup', zh: '全量备份' } },
    previousId: { type: 'text', maxLength: 60, label: { en: 'Backup before', zh: '上一备份' } },
    items: { type: 'number', label: { en: 'Items', zh: '条目数' } },
    bytes: { type: 'number', label: { en: 'Bytes', zh: '字节数' } },
    files: { type: 'number', label: { en: 'Files', zh: '文件数' } },
    copiedAt: { type: 'dateTime', label: { en: 'In the second region since', zh: '异地副本时间' } },
    runId: { type: 'text', maxLength: 60, label: { en: 'Made by', zh: '备份任务' } },
    provenBy: { type: 'text', maxLength: 60, label: { en: 'Proven by', zh: '演练任务' } },
    provenAt: { type: 'dateTime', label: { en: 'Proven at', zh: '验证时间' } },
    expiresAt: { type: 'dateTime', label: { en: 'Expires at', zh: '到期时间' } },
    failure: { type: 'json', label: { en: 'Why it failed', zh: '失败原因' } },
  },
})
