import { defineObject } from '#schemas/definition.ts'

/** People who share customers. */
export const team = defineObject({
  name: 'team',
  plural: 'teams',
  prefix: 'team',
  label: { en: 'Team', zh: '团队' },
  pluralLabel: { en: 'Teams', zh: '团队' },
  titleField: 'name',
  system: true,
  fields: {
    name: { type: 'text', required: true, unique: true, label: { en: 'Name', zh: '名称' } },
    description: { type: 'text', maxLength: 500, label: { en: 'Description', zh: '说明' } },
  },
})
