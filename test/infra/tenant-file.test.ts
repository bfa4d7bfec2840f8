import { describe, expect, it } from 'vitest'
import { parseTenant, readTenant, tenantNames } from '#infra/tenant-file.ts'

const valid = { ...readTenant('acme') }
const file = 'infra/tenants/acme.json'
const withField = (field: string, value: unknown) => JSON.stringify({ ...valid, [field]: value })

it.each(tenantNames())('the tenant file of %s is valid', name => {
  expect(readTenant(name).name).toBe(name)
})

it('the local tenant can be thrown away, is not throttled in benches and has a user for each role', () => {
  const local = readTenant('local')
  expect(local).toMatchObject({ disposable: true, listShards: 1, throttle: { ratePerSecond: 20_000, burst: 20_000 } })
  const roles = new Set(local.users.map(user => user.role))
  expect(roles).toEqual(new Set(['admin', 'manager', 'rep', 'service', 'auditor', 'integration']))
})

describe('a wrong tenant file is refused with its name and the field', () => {
  it.each([
    ['an unknown field', withField('colour', 'green'), 'colour'],
    ['a wrong type', withField('throttle', { ratePerSecond: 'many', burst: 1 }), 'throttle.ratePerSecond'],
    ['an unknown time zone', withField('timeZone', 'Mars/Olympus'), 'timeZone'],
    ['a user without e-mail', withField('users', [{ email: 'anna', name: 'A', role: 'admin' }]), 'users.0.email'],
    ['a retention that CloudWatch does not have', withField('logRetentionDays', 8), 'logRetentionDays'],
    ["another tenant's name", withField('name', 'other'), 'name is "other"'],
    ['a name that AWS would refuse', withField('name', 'Acme GmbH'), 'name'],
    ['text that is not JSON', '{ "name": ', 'not valid JSON'],
  ])('%s', (_, text, complaint) => {
    expect(() => parseTenant(file, text)).toThrow(file)
    expect(() => parseTenant(file, text)).toThrow(complaint)
  })
})

it('a tenant without a file is refused with the tenants that there are', () => {
  expect(() => readTenant('nobody')).toThrow('There is no tenant "nobody": infra/tenants has acme, local.')
})
