import { defineObject, type ScalarFieldDefinition } from '#schemas/definition.ts'

/** How far a role reaches for one verb: the actor's own records, the team's, all, or none. */
export const scopes = ['own', 'team', 'all', 'none'] as const
/** What a role may do with one field; a field that is not listed is editable. */
export const fieldAccesses = ['hidden', 'masked', 'readOnly', 'editable'] as const
/** What can be done to a record. */
export const verbs = ['create', 'read', 'update', 'delete'] as const

const scope = (en: string, zh: string): ScalarFieldDefinition => ({
  type: 'select',
  required: true,
  label: { en, zh },
  options: [
    { value: 'own', label: { en: 'Own', zh: '本人' } },
    { value: 'team', label: { en: 'Team', zh: '本团队' } },
    { value: 'all', label: { en: 'All', zh: '全部' } },
    { value: 'none', label: { en: 'None', zh: '无' } },
  ],
})

/** What its holders may do, per object and verb and per field. */
export const role = defineObject({
  name: 'role',
  plural: 'roles',
  prefix: 'role',
  label: { en: 'Role', zh: '角色' },
  pluralLabel: { en: 'Roles', zh: '角色' },
  titleField: 'name',
  system: true,
  fields: {
    name: { type: 'text', required: true, unique: true, maxLength: 60, label: { en: 'Name', zh: '名称' } },
    description: { type: 'text', maxLength: 500, label: { en: 'Description', zh: '说明' } },
    permissions: {
      type: 'list',
      required: true,
      maxItems: 100,
      entryKey: ['object'],
      label: { en: 'Permissions', zh: '权限' },
      fields: {
        object: { type: 'text', required: true, maxLength: 40, label: { en: 'Object', zh: '对象' } },
        create: scope('Create', '新建'),
        read: scope('Read', '查看'),
        update: scope('Update', '编辑'),
        delete: scope('Delete', '删除'),
      },
    },
    fieldAccess: {
      type: 'list',
      maxItems: 200,
      entryKey: ['object', 'field'],
      label: { en: 'Field access', zh: '字段权限' },
      fields: {
        object: { type: 'text', required: true, maxLength: 40, label: { en: 'Object', zh: '对象' } },
        field: { type: 'text', required: true, maxLength: 40, label: { en: 'Field', zh: '字段' } },
        access: {
          type: 'select',
          required: true,
          label: { en: 'Access', zh: '访问' },
          options: [
            { value: 'hidden', label: { en: 'Hidden', zh: '隐藏' } },
            { value: 'masked', label: { en: 'Masked', zh: '脱敏' } },
            { value: 'readOnly', label: { en: 'Read only', zh: '只读' } },
            { value: 'editable', label: { en: 'Editable', zh: '可编辑' } },
          ],
        },
      },
    },
  },
})
