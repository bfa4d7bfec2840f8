import { beforeAll, describe, expect, it } from 'vitest'
import type { FieldAccess } from '#lib/permissions/actor.ts'
import { openQuality } from '#lib/quality/open-quality.ts'
import { viewQuality } from '#lib/quality/view-quality.ts'
import { contact } from '#schemas/objects/contact.ts'
import { customer } from '#schemas/objects/customer.ts'
import { defaultPolicy } from '#schemas/settings.ts'
import { tenant } from '../../../support/convert-cells.ts'
import { handClock } from '../../../support/table.ts'

beforeAll(() => openQuality(customer))

/** Somebody whose role limits some fields. */
function viewerWith(fields: Record<string, FieldAccess>) {
  const role = { name: 'r', scopes: new Map(), fields: new Map(Object.entries(fields)) }
  const actor = { id: 'user_1', name: 'R', email: 'r@example.com', teamId: undefined, roleId: 'role_1', role }
  return { actor, clock: handClock(), tenant, policy: defaultPolicy }
}

const times = { id: 'x', createdAt: '2026-01-01T00:00:00.000Z', updatedAt: '2026-01-01T00:00:00.000Z' }
const unreachable = { ...times, fields: { name: 'Ann' } }
const abroad = { ...times, fields: { name: 'A', address: { country: 'DE' }, phones: [{ value: '+8613912345678' }] } }

describe('quality as a role sees it', () => {
  it.each<[string, Record<string, FieldAccess>, boolean]>([
    ['shows a finding of several fields to whom sees them all', {}, true],
    ['keeps it from whom one of them is hidden', { 'contact.phones': 'hidden' }, false],
    ['keeps it from whom one of them is masked', { 'contact.handles': 'masked' }, false],
  ])('%s', (_, fields, isShown) => {
    const { issues } = viewQuality(viewerWith(fields), contact, unreachable)
    expect(issues.some(({ detail }) => detail.includes('emails, phones and handles'))).toBe(isShown)
  })

  it('tells nobody the country of an address by way of the phones', () => {
    const told = (fields: Record<string, FieldAccess>) =>
      viewQuality(viewerWith(fields), customer, abroad).issues.map(({ detail }) => detail)
    expect(told({})).toContain('The address is in DE, but no number of phones is.')
    expect(told({ 'customer.address': 'masked' }).join()).not.toContain('DE')
  })

  it('has the same score for everybody, and names no more than the API has', () => {
    const [all, some] = [{}, { 'contact.phones': 'hidden' as const }].map(fields =>
      viewQuality(viewerWith(fields), contact, unreachable),
    )
    expect(some?.score).toBe(all?.score)
    expect(all?.issues.every(issue => !('about' in issue))).toBe(true)
  })
})
