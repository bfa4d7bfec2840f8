import type { FieldOf } from '#schemas/definition.ts'

/** The user who looks after the record. */
export const ownerField: FieldOf<'user'> = { type: 'user', label: { en: 'Owner', zh: '负责人' } }

/** The team the record belongs to: its owner's, unless set. */
export const teamField: FieldOf<'reference'> = { type: 'reference', to: 'team', label: { en: 'Team', zh: '团队' } }

/** Keys of the record in other systems (ERP, shop), unique per system. */
export const externalIdsField: FieldOf<'list'> = {
  type: 'list',
  label: { en: 'External ids', zh: '外部编号' },
  unique: true,
  entryKey: ['system', 'id'],
  maxItems: 10,
  matchOn: ['externalId'],
  fields: {
    system: {
      type: 'text',
      required: true,
      maxLength: 40,
      pattern: { regex: '[A-Za-z0-9._-]+', message: 'use letters, digits, dots, hyphens and underscores' },
      label: { en: 'System', zh: '系统' },
    },
    id: { type: 'text', required: true, maxLength: 120, label: { en: 'Id', zh: '编号' } },
  },
}
