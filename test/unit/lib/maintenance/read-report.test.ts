import { describe, expect, it } from 'vitest'
import { readReport } from '#lib/maintenance/read-report.ts'
import type { FieldAccess, Scope } from '#lib/permissions/actor.ts'
import { memoryFiles } from '../../../support/memory-files.ts'
import { clean, useCleanup } from '../../../support/use-cleanup.ts'

const { context } = useCleanup()

/** A role that may see all runs, and this much of the records. */
const steward = (read: Scope, fields: Record<string, FieldAccess> = {}) => {
  const scope = (reach: Scope) => ({ create: 'none', read: reach, update: 'none', delete: 'none' }) as const
  const role = {
    name: 'steward',
    scopes: new Map([
      ['run', scope('all')],
      ['*', scope(read)],
    ]),
    fields: new Map(Object.entries(fields)),
  }
  return { id: 'user_1', name: 'S', email: 's@example.com', teamId: undefined, roleId: 'role_1', role }
}

describe('the report of a run, which quotes records', () => {
  it.each([
    ['sees every record and field', steward('all', { 'customer.tier': 'readOnly' }), 'json'],
    ['sees only some records', steward('team'), 'not_found'],
    ['sees a field masked', steward('all', { 'contact.phones': 'masked' }), 'not_found'],
    ['does not see a field', steward('all', { 'customer.taxId': 'hidden' }), 'not_found'],
  ])('for whom %s', async (_, actor, expected) => {
    const [ctx, files] = [context(), memoryFiles()]
    const id = await clean(ctx, files)
    const answer = await readReport({ ...ctx, actor }, files, { id, format: 'json' }).catch((error: unknown) => error)
    expect(answer).toMatchObject(expected === 'json' ? { format: 'json' } : { code: expected })
  })
})
