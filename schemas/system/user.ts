import { defineObject } from '#schemas/definition.ts'

/** A person or program that signs in. */
export const user = defineObject({
  name: 'user',
  plural: 'users',
  prefix: 'user',
  label: { en: 'User', zh: '用户' },
  pluralLabel: { en: 'Users', zh: '用户' },
  titleField: 'name',
  ownerField: 'id',
  teamField: 'teamId',
  system: true,
  fields: {
    name: { type: 'text', required: true, label: { en: 'Name', zh: '姓名' } },
    email: {
      type: 'text',
      required: true,
      unique: true,
      maxLength: 254,
      pattern: { regex: '[^\\s@]+@[^\\s@]+\\.[^\\s@]+', message: 'write an e-mail address such as li.na@example.com' },
      label: { en: 'E-mail', zh: '邮箱' },
    },
    roleId: {
      type: 'reference',
      to: 'role',
      required: true,
      lookup: true,
      restrictDelete: true,
      label: { en: 'Role', zh: '角色' },
    },
    teamId: { type: 'reference', to: 'team', lookup: true, restrictDelete: true, label: { en: 'Team', zh: '团队' } },
    status: {
      type: 'select',
      default: 'active',
      label: { en: 'Status', zh: '状态' },
      options: [
        { value: 'active', label: { en: 'Active', zh: '在职' } },
        { value: 'disabled', label: { en: 'Disabled', zh: '停用' } },
      ],
    },
    locale: {
      type: 'select',
      label: { en: 'Language', zh: '语言' },
      options: [
        { value: 'en', label: { en: 'English', zh: '英文' } },
        { value: 'zhCN', label: { en: 'Chinese', zh: '中文' } },
      ],
    },
    timeZone: { type: 'timeZone', label: { en: 'Time zone', zh: '时区' } },
    clientId: {
      type: 'text',
      unique: true,
      maxLength: 128,
      label: { en: 'Machine client id', zh: '机器客户端编号' },
    },
  },
})
