import { describe, expect, it } from 'vitest'
import { maskBody, maskParameters, maskPath, maskPointer } from '#lib/access-log/mask.ts'

const id = 'cust_01m8fdtj6ffj6thwmep11hxf26'

describe('what the access log keeps of a request', () => {
  it.each<[string, Record<string, string>, object]>([
    ['ids and switches', { id, limit: '50', dryRun: 'true' }, { id, limit: '50', dryRun: 'true' }],
    ['no search text', { q: '张伟 13800138000' }, { q: '***(14)' }],
    ['no cursor', { cursor: 'eyJzIjoiWmhhbmcifQ' }, { cursor: '***(18)' }],
    [
      'a condition without what it compares with',
      { filter: `record.name == "Zhang \\"Wei\\"" && record.phone == 13800138000 || record.x == 'y` },
      { filter: 'record.name == "***" && record.phone == *** || record.x == "***"' },
    ],
    ['no value of a name it does not know', { email: 'a@b.example' }, { email: '***(11)' }],
    ['no name that is none', { 'a@b.example': '1' }, { '***(11)': '***(1)' }],
    ['no plain parameter that is none', { owner: 'zhang@example.com' }, { owner: '***(17)' }],
    ['no key of another system', { system: 'erp', externalId: 'K-77' }, { system: 'erp', externalId: '***(4)' }],
  ])('of parameters: %s', (_, parameters, kept) => {
    expect(maskParameters(parameters)).toEqual(kept)
  })

  it.each<[string, unknown, object]>([
    ['names of fields, never values', { name: 'Zhang', tier: 'A', vip: true }, { fields: ['name', 'tier', 'vip'] }],
    ['ids', { ownerId: id, absorb: [id, 'x'] }, { fields: ['ownerId', 'absorb'], ownerId: id, absorb: [id] }],
    [
      'what a batch does to what',
      { atomic: true, operations: [{ op: 'update', id, patch: { name: 'Zhang' } }] },
      { fields: ['atomic'], atomic: true, operations: [{ fields: ['op', 'id', 'patch'], op: 'update', id }] },
    ],
    [
      'which fields are exported',
      { object: 'customers', fields: ['name', 'a b'] },
      { fields: ['name', '***(3)'], object: 'customers' },
    ],
    ['nothing of what is no object', 'Zhang', {}],
  ])('of bodies: %s', (_, body, kept) => {
    expect(maskBody(body)).toEqual(kept)
  })

  it.each([
    ['/v1/customers/张伟', '/v1/customers/***(2)'],
    [`/v1/customers/${id}/history`, `/v1/customers/${id}/history`],
    ['/openapi.json', '/openapi.json'],
  ])('of the path %s', (path, kept) => expect(maskPath(path)).toBe(kept))

  it('of a place in a body', () => expect(maskPointer('/emails/0/Zhang Wei')).toBe('/emails/0/***(9)'))

  it('keeps no more of a hostile body than a hundred names', () => {
    const body = Object.fromEntries(Array.from({ length: 5_000 }, (_, i) => [`f${i}`, i]))
    expect(JSON.stringify(maskBody(body)).length).toBeLessThan(1_000)
  })
})
