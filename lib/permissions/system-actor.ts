import type { Actor } from '#lib/permissions/actor.ts'

const everything = { create: 'all', read: 'all', update: 'all', delete: 'all' } as const

/** The product itself, at work without a person: deployments and scheduled jobs. */
export const systemActor: Actor = {
  id: 'system',
  name: 'Evergreen',
  email: '',
  teamId: undefined,
  roleId: 'system',
  role: { name: 'system', scopes: new Map([['*', everything]]), fields: new Map() },
}
