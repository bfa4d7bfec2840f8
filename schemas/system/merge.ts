import { defineObject } from '#schemas/definition.ts'

/** What a merge did, so that it can be told and undone: which record absorbed which, at which versions. No values: those are in the histories. */
export const merge = defineObject({
  name: 'merge',
  plural: 'merges',
  prefix: 'mrg',
  label: { en: 'Merge', zh: '合并' },
  pluralLabel: { en: 'Merges', zh: '合并记录' },
  titleField: 'survivorId',
  ownerField: 'mergedBy',
  teamField: 'teamId',
  system: true,
  readOnly: true,
  fields: {
    target: { type: 'text', required: true, maxLength: 40, label: { en: 'Object', zh: '对象' } },
    survivorId: { type: 'text', required: true, label: { en: 'Survivor', zh: '保留的记录' } },
    survivorVersion: {
      type: 'number',
      required: true,
      integer: true,
      label: { en: "Survivor's version with the merge", zh: '合并后的版本' },
    },
    absorbed: {
      type: 'list',
      required: true,
      maxItems: 20,
      entryKey: ['id'],
      label: { en: 'Absorbed', zh: '被合并的记录' },
      fields: {
        id: { type: 'text', required: true, label: { en: 'Id', zh: '编号' } },
        version: { type: 'number', integer: true, label: { en: 'Version before', zh: '合并前的版本' } },
      },
    },
    state: {
      type: 'select',
      required: true,
      label: { en: 'State', zh: '状态' },
      options: [
        { value: 'merged', label: { en: 'Merged', zh: '已合并' } },
        { value: 'undone', label: { en: 'Undone', zh: '已撤销' } },
      ],
    },
    childrenState: {
      type: 'select',
      required: true,
      label: { en: 'Children', zh: '下级记录' },
      options: [
        { value: 'moving', label: { en: 'On their way', zh: '迁移中' } },
        { value: 'settled', label: { en: 'Where they belong', zh: '已到位' } },
      ],
    },
    childrenMoved: { type: 'number', integer: true, label: { en: 'Children moved', zh: '已迁移的下级记录' } },
    decisions: { type: 'json', label: { en: 'Where each value came from', zh: '取值依据' } },
    kept: { type: 'tags', label: { en: 'Fields that undoing left as they were', zh: '撤销时保留的字段' } },
    stayed: { type: 'json', label: { en: 'Children that stayed when it was undone', zh: '撤销时未移回的下级记录' } },
    mergedBy: { type: 'user', label: { en: 'Merged by', zh: '合并人' } },
    teamId: { type: 'reference', to: 'team', label: { en: 'Team', zh: '团队' } },
    undoneBy: { type: 'user', label: { en: 'Undone by', zh: '撤销人' } },
  },
})
