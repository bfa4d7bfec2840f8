import { defineObject } from '#schemas/definition.ts'

/** How good the data was at one time: sums for the tenant, every team and every owner, and apart from them what they are made of. */
export const qualitySnapshot = defineObject({
  name: 'qualitySnapshot',
  plural: 'quality-snapshots',
  prefix: 'qsn',
  label: { en: 'Quality snapshot', zh: '质量快照' },
  pluralLabel: { en: 'Quality snapshots', zh: '质量快照' },
  titleField: 'runId',
  ownerField: 'ownerId',
  system: true,
  readOnly: true,
  fields: {
    runId: { type: 'text', maxLength: 100, label: { en: 'Run', zh: '运行' } },
    /** Whose records: a user, a team, or `tenant`, `none` (no owner), `other` (too many owners to keep each). */
    ownerId: { type: 'user', label: { en: 'Whose records', zh: '统计对象' } },
    takenAt: { type: 'dateTime', label: { en: 'Taken at', zh: '统计时间' } },
    threshold: { type: 'number', integer: true, label: { en: 'Threshold', zh: '及格线' } },
    objects: { type: 'json', label: { en: 'Sums by object', zh: '按对象汇总' } },
    owners: { type: 'json', label: { en: 'Owners counted', zh: '涉及的负责人' } },
  },
})
