type ScopeName = 'own' | 'team' | 'all' | 'none'
type Permission = { object: string; create: ScopeName; read: ScopeName; update: ScopeName; delete: ScopeName }

const can = (object: string, create: ScopeName, read: ScopeName, update: ScopeName, remove: ScopeName): Permission => ({
  object,
  create,
  read,
  update,
  delete: remove,
})

const jobs = ['import', 'export', 'merge']
/** Everybody sees the imports, exports and merges they asked for, and what they are told; who may create a record may import some. */
const ownJobs = [...jobs, 'notification', 'qualityReport'].map(object => can(object, 'none', 'own', 'none', 'none'))
/** Everybody may look up colleagues and teams: owners and assignees are named by them. */
const directory = [can('user', 'none', 'all', 'none', 'none'), can('team', 'none', 'all', 'none', 'none'), ...ownJobs]
const ownReminders = can('reminder', 'own', 'own', 'own', 'own')
/** The whole policy, to look at; what everybody needs of it is everybody's without this. */
const seesSettings = can('setting', 'none', 'all', 'none', 'none')
const sales = ['customer', 'contact', 'activity']

/** Objects that came after the first release: roles that were seeded before learn of them at the next deployment. */
export const laterObjects = [
  'setting',
  'run',
  'audit',
  'auditItem',
  'refreshPlan',
  'notification',
  'qualityReport',
  'qualitySnapshot',
  'backup',
  'accessAlert',
  'reminder',
] as const

/** The roles every tenant starts with; they are records, so an admin can change them. */
export const seedRoles = [
  {
    name: 'admin',
    description: 'Runs the tenant: everything, users and roles too. 管理员',
    permissions: [
      ...[...sales, 'user', 'role', 'team'].map(object => can(object, 'all', 'all', 'all', 'all')),
      ...[...jobs, 'qualityReport', 'qualitySnapshot'].map(object => can(object, 'none', 'all', 'none', 'none')),
      can('notification', 'none', 'own', 'none', 'none'),
      can('setting', 'none', 'all', 'all', 'none'),
      ...['refreshPlan', 'auditItem'].map(object => can(object, 'none', 'all', 'none', 'none')),
      can('audit', 'all', 'all', 'all', 'none'),
      can('run', 'all', 'all', 'all', 'none'),
      can('backup', 'none', 'all', 'none', 'none'),
      can('accessAlert', 'none', 'all', 'none', 'none'),
      can('reminder', 'all', 'all', 'all', 'all'),
    ],
  },
  {
    name: 'manager',
    description: "Leads a team: the team's customers, contacts and activities. 销售经理",
    permissions: [
      ...sales.map(object => can(object, 'team', 'team', 'team', 'team')),
      ...directory,
      seesSettings,
      can('audit', 'team', 'team', 'team', 'none'),
      can('reminder', 'team', 'team', 'team', 'team'),
    ],
  },
  {
    name: 'rep',
    description: 'Sells: their own customers, contacts and activities. 销售代表',
    permissions: [
      can('customer', 'own', 'own', 'own', 'none'),
      can('contact', 'own', 'own', 'own', 'own'),
      can('activity', 'own', 'own', 'own', 'own'),
      ownReminders,
      ...directory,
    ],
    fieldAccess: [{ object: 'customer', field: 'tier', access: 'readOnly' }],
  },
  {
    name: 'service',
    description: 'Helps customers: sees all, keeps contacts right, logs activities. 客服',
    permissions: [
      can('customer', 'none', 'all', 'none', 'none'),
      can('contact', 'all', 'all', 'all', 'none'),
      can('activity', 'own', 'all', 'own', 'own'),
      ownReminders,
      ...directory,
    ],
    fieldAccess: [
      { object: 'customer', field: 'taxId', access: 'hidden' },
      { object: 'contact', field: 'birthday', access: 'masked' },
    ],
  },
  {
    name: 'auditor',
    description: 'Looks, changes nothing; personal data masked. 审计',
    permissions: [
      ...[...sales, 'user', 'role', 'team'].map(object => can(object, 'none', 'all', 'none', 'none')),
      ...ownJobs,
      ...['run', 'backup'].map(object => can(object, 'none', 'all', 'none', 'none')),
      ownReminders,
      seesSettings,
      can('accessAlert', 'none', 'all', 'none', 'none'),
    ],
    fieldAccess: [
      { object: 'accessAlert', field: 'sourceIp', access: 'masked' },
      ...['customer', 'contact'].flatMap(object =>
        ['emails', 'phones', 'address'].map(field => ({ object, field, access: 'masked' })),
      ),
      { object: 'contact', field: 'birthday', access: 'masked' },
      { object: 'contact', field: 'handles', access: 'hidden' },
    ],
  },
  {
    name: 'integration',
    description: 'A program (ERP, shop): creates and updates, deletes nothing. 系统集成',
    permissions: [...sales.map(object => can(object, 'all', 'all', 'all', 'none')), ...directory],
  },
]
